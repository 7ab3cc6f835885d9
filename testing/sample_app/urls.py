from django.urls import path

from testing.sample_app import views

urlpatterns = [
    path("mine", views.NotesView.as_view()),
    path("mine/<int:number>", views.NoteView.as_view()),
    path("about", views.about),
]

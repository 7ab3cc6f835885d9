"""Django's own middleware where the API needs them slightly different."""

import gzip
import re
import secrets

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin
from isal import igzip
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from memory_hub.core import callers
from memory_hub.core.errors import HubError, OutcomeUnknown, Unavailable, problem, problem_for
from memory_hub.http.error_pages import refused
from memory_hub.http.paths import is_probe
from memory_hub.rate_limits import bill
from memory_hub.rate_limits.limiter import RateLimited

GZIP_FROM = 1000  # bytes (contract §1)
# Bytes that are not compressed on the event loop.
LONG = 64 * 1024
# Of a gzip file: bytes of its head, and the place of its flags there (RFC 1952 §2.3).
_HEAD, _FLAGS = 10, 3
# Of 0 to 3; the next one takes 1.6 times as long for 2 % less.
_LEVEL = 2


_NEVER = re.compile(r"q=0(\.0*)?", re.ASCII | re.IGNORECASE)


def accepts_gzip(request: HttpRequest) -> bool:
    """Whether Accept-Encoding names gzip with a weight other than 0 (RFC 9110 §12.5.3)."""
    for element in request.META.get("HTTP_ACCEPT_ENCODING", "").split(","):
        coding, _, weight = element.partition(";")
        if coding.strip() == "gzip":
            return not _NEVER.fullmatch(weight.strip())
    return False


class StrongGZipMiddleware(GZipMiddleware):
    """GZip that takes no for an answer, keeps ETags strong, and leaves alone what is compressed.

    Django looks for the word alone, whatever its weight. And it weakens the tag of a compressed
    answer; a weak one is useless in If-Match. The compressed bytes are an own representation, so
    they get an own strong tag.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        # A stream is to arrive as it comes, piece by piece.
        if response.streaming or response.has_header("Content-Encoding"):
            return response
        content = response.content
        if len(content) < GZIP_FROM:
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        if not accepts_gzip(request):
            return response
        smaller = compressed(content, self.max_random_bytes)
        if len(smaller) >= len(content):
            return response
        response.content = smaller
        response.headers["Content-Length"] = str(len(smaller))
        response.headers["Content-Encoding"] = "gzip"
        if tag := response.headers.get("ETag"):
            response.headers["ETag"] = f'{tag[:-1]}-gzip"'
        return response


def compressed(content: bytes, most_padding: int) -> bytes:
    """The content as gzip, by ISA-L: of a list, with a ninth of zlib's time and 1.07 × its bytes.

    As Django's, its head names a file, whose name has fewer than so many letters, by chance: by the
    length of an answer nobody is to find out which secret stands in it beside what they sent
    (BREACH).
    """
    plain = igzip.compress(content, _LEVEL, mtime=0)
    head = bytearray(plain[:_HEAD])
    head[_FLAGS] = gzip.FNAME
    return b"".join((head, b"a" * secrets.randbelow(most_padding), b"\0", plain[_HEAD:]))


def _nothing(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError


_gzip = StrongGZipMiddleware(_nothing)


def compressed_if_long(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What the middleware would make of a long answer, for the thread that has made it: the event
    loop would stand still for a quarter of a second over eight megabytes."""
    if response.streaming or len(response.content) < LONG:
        return response
    return _gzip.process_response(request, response)


class RefusalMiddleware(MiddlewareMixin):
    """A page whose view finds a budget spent says so, as one that finds no thread; so does one
    whose request was given up. To Django either is an unknown error, logged with its traceback."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        answer = getattr(error, "problem", error)
        return refused(answer) if isinstance(answer, Unavailable | OutcomeUnknown) else None


class HttpsRequired(HubError):
    status, code, title = 403, "https-required", "The API is served over https only"


class ApiSecurityMiddleware(SecurityMiddleware):
    """Without the redirect: it would make a GET of a POST, and hide from who sends a token in
    clear that this is what they do."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if self.redirect and not request.is_secure() and not is_probe(request.path_info):
            return problem(HttpsRequired("Ask again with https; nothing was done."))
        return None


class HostCheckMiddleware(CommonMiddleware):
    """The host check and Content-Length, without redirects: an API path answers as it stands."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        # Probes come by address, or by whatever name the network has for this machine.
        if is_probe(request.path_info):
            return None
        try:
            return super().process_request(request)
        except DisallowedHost as error:
            # Returned, for the length to be added to it.
            return problem_for(error)

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        return False


class PointsMiddleware(MiddlewareMixin):
    """Says who pays for a page whose session was not used in this process before: its user, or,
    where there is none, its address."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if bill.is_settled():
            return None
        user = request.user
        if user.is_authenticated:
            callers.remember_session(request.session.session_key, user.pk)
        bill.pays(user.pk)
        try:
            bill.refuse_if_over()
        except RateLimited as error:
            return refused(error)
        return None


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """Static files as whole answers: under ASGI Django reads a streamed file to its end anyway,
    and warns about it each time."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        streamed = WhiteNoiseMiddleware.serve(static_file, request)
        content = b"".join(streamed.streaming_content)
        streamed.close()
        return HttpResponse(content, status=streamed.status_code, headers=streamed.headers)

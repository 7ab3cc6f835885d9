"""The way of a request through the hub, from the server to the API's views and the pages."""

"""``/superthread`` over HTTP: translate, call one service, translate."""

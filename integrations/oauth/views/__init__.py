"""What is asked over HTTP: by programs (``metadata``, ``tokens``, ``registration``) and by people
(``consent``, ``connected``)."""

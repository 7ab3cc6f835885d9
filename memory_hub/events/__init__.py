"""What changed, told inside its transaction: ``event`` what an event has, ``order`` who is told in
which order, ``telling`` the telling."""

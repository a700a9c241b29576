"""tinyretry 1.2: call a function until it works. Public domain."""

import time


class RetryPolicy:
    def __init__(self, attempts=3, delay=0.1):
        self.attempts = attempts
        self.delay = delay


class Retrying:
    def __init__(self, policy=None):
        self.policy = policy or RetryPolicy()

    def call(self, function, *args, **kwargs):
        for attempt in range(self.policy.attempts):
            try:
                return function(*args, **kwargs)
            except Exception:
                if attempt + 1 == self.policy.attempts:
                    raise
                time.sleep(self.policy.delay)

"""Referral owns what one agency asks another to do on a case, and each agency's queue.

It does not own the case, its consent or its access, and no bed is asked for by a referral.
Start reading at `models.py` (every edge), then `actions/answer.py` and `requests.py`.
"""

"""Casework owns the case: survivor, incidents, access, consent, risk, plans, clocks and its flow.

It does not own what other agencies are asked (referral), where she sleeps (shelters) or how
anybody is called (hotline). Start reading at `models/case.py`, then `actions/report.py`.
"""

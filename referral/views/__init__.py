"""Pages of referrals: the queue, one referral, sending."""

"""Deliver replies on any platform: outbox, claims, rate limits, queues of groups, splitting."""

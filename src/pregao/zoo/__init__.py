"""Forecasters: networks as frozen specs, and the baselines beside them."""

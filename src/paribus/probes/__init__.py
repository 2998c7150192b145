"""Probes look at a training and change nothing: they read, keep scalars, and draw no random numbers."""

from paribus.probes.probe import Probe, Sampling, sampling

__all__ = ["Probe", "Sampling", "sampling"]

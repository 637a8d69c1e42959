"""What both simulators share: clock, faults, latency, limits, switches, journal of calls, server."""

from boekbrug_sim.control.clock import Clock
from boekbrug_sim.control.faults import Fault, FaultPlan, FaultRule
from boekbrug_sim.control.gate import Control, control_routes, gate
from boekbrug_sim.control.journal import Call, CallJournal
from boekbrug_sim.control.limits import Allowance, Limiter, Limits, Verdict
from boekbrug_sim.control.serve import Running, running, serve
from boekbrug_sim.control.switches import Switch, Switches

__all__ = [
    "Allowance",
    "Call",
    "CallJournal",
    "Clock",
    "Control",
    "Fault",
    "FaultPlan",
    "FaultRule",
    "Limiter",
    "Limits",
    "Running",
    "Switch",
    "Switches",
    "Verdict",
    "control_routes",
    "gate",
    "running",
    "serve",
]

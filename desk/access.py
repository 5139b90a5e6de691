"""Who may do what at the desk. Whatever is not allowed here is refused; every route asks one of these."""

from __future__ import annotations

from bot.handoff import Case, CaseState
from bot.operators import Operator
from bot.roster import Role


def may_work_on_cases(operator: Operator) -> bool:
    """Tell whether someone takes part in conversations at all: an administrator never does."""
    return operator.role in (Role.OPERATOR, Role.SUPERVISOR)


def may_lead(operator: Operator) -> bool:
    """Tell whether someone reads and takes over the whole team's cases."""
    return operator.role is Role.SUPERVISOR


def may_read(operator: Operator, case: Case) -> bool:
    """Tell whether someone reads a case: a waiting one, their own, one left alone; a supervisor the team's."""
    if not may_work_on_cases(operator):
        return False
    return may_lead(operator) or case.holder == operator.id or case.state is CaseState.QUEUE or case.alone


def may_read_letter(operator: Operator, case: Case | None) -> bool:
    """Tell whether someone reads the words of a line that did not arrive: only whose open case it is."""
    return case is not None and case.holder == operator.id and case.state is CaseState.OPERATOR


def may_see_letter(operator: Operator, case: Case | None) -> bool:
    """Tell whether someone sees that a line did not arrive, without its words."""
    if case is None or not may_work_on_cases(operator):
        return may_lead(operator) or may_set(operator)
    return may_read(operator, case)


def may_set(operator: Operator) -> bool:
    """Tell whether someone changes settings: roles and capacities."""
    return operator.role is Role.ADMINISTRATOR

"""The keys of staff tokens in tests, and tokens signed with them."""

from shared.events import Role
from shared.web.signing import Signer, claims, member, renewed

PAIR = renewed(None, None)
SIGNER = Signer(PAIR.key)


def token(
    staff: str = "s-1", role: Role = Role.SUPERVISOR, districts: tuple[str, ...] = ("*",), signer: Signer = SIGNER
) -> str:
    """A token for an hour, for a supervisor of everything unless said otherwise."""
    return signer.sign(claims(member(staff, role, districts), hours=1))

"""What MongoDB's driver says of a failure never brings a name further than it has to."""

import traceback

import pytest
from pymongo.errors import BulkWriteError, WriteConcernError

from shared.mongo import DUPLICATE_KEY, duplicates

UNCONFIRMED = {
    "writeErrors": [{"index": 0, "code": DUPLICATE_KEY, "op": {"_id": "r-1", "json": "Rosa Quispe"}}],
    "writeConcernErrors": [{"code": 91, "errmsg": "shutting down"}],
}


def test_a_write_that_was_not_confirmed_is_told_without_what_was_written() -> None:
    with pytest.raises(WriteConcernError) as raised:
        duplicates(BulkWriteError(UNCONFIRMED))
    assert "Rosa" not in "".join(traceback.format_exception(raised.value))

"""What the storage itself costs: the writes of one completion by the bare driver, committed."""

from bench.databases import SQLITE, Database
from bench.timing import Stopwatch, Took

STATE = b"s" * 900
DOCUMENT = "d" * 400


class Floor:
    """Two reads, seven writes and a commit, with no ORM, no engine and nothing decided."""

    def __init__(self, database: Database) -> None:
        mark = "?" if database.name == SQLITE else "%s"
        self._is_sqlite = database.name == SQLITE
        blob = "BLOB" if self._is_sqlite else "BYTEA"
        self._connection = database.writing.raw_connection()
        self._cursor = self._connection.cursor()
        self._run(
            f"CREATE TABLE floor_state (id INTEGER PRIMARY KEY, version INTEGER, state {blob})"
        )
        self._run("CREATE TABLE floor_row (id INTEGER PRIMARY KEY, document TEXT)")
        self._run(f"INSERT INTO floor_state VALUES (1, 0, {mark})", (STATE,))
        self._connection.commit()
        self._insert = f"INSERT INTO floor_row VALUES ({mark}, {mark})"
        self._update = f"UPDATE floor_state SET version = version + 1, state = {mark} WHERE id = 1"
        self._touch = f"UPDATE floor_row SET document = {mark} WHERE id = {mark}"
        self._last = 0

    def __call__(self) -> list[Took]:
        return [self._one() for _ in range(40)]

    def close(self) -> None:
        self._run("DROP TABLE floor_state")
        self._run("DROP TABLE floor_row")
        self._connection.commit()
        self._connection.close()

    def _one(self) -> Took:
        watch = Stopwatch()
        if self._is_sqlite:
            self._run("BEGIN IMMEDIATE")
        self._run("SELECT version, state FROM floor_state WHERE id = 1")
        self._cursor.fetchall()
        self._run("SELECT count(*) FROM floor_row WHERE id = 1")
        self._cursor.fetchall()
        for _ in range(5):  # submission, two of history, the next task, audit
            self._last += 1
            self._run(self._insert, (self._last, DOCUMENT))
        self._run(self._touch, (DOCUMENT, self._last))
        self._run(self._update, (STATE,))
        self._connection.commit()
        return watch.took()

    def _run(self, text: str, parameters: tuple[object, ...] = ()) -> None:
        self._cursor.execute(text, parameters)

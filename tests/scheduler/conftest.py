from tests.runtime.conftest import driver, supervisor, worker

__all__ = ["driver", "supervisor", "worker"]

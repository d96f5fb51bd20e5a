"""What a configuration warns of, or forbids, in the replication that a statement asks for."""

from collections.abc import Iterator, Mapping

from coodie_memory.dialect import Dialect
from coodie_memory.errors import ConfigurationException

_PACKAGE = "org.apache.cassandra.locator."
_SIMPLE = "SimpleStrategy"


def warnings(keyspace: str, asked: Mapping[str, str], dialect: Dialect) -> tuple[str, ...]:
    """What is said of the strategy and the factors as they are written; a ConfigurationException where they are forbidden.

    Only what is otherwise right is looked at, and a factor of 0, which keeps a datacenter free, is always allowed.
    """
    return (*_of_strategy(keyspace, asked["class"], dialect), *_of_factors(asked, dialect))


def _of_strategy(keyspace: str, name: str, dialect: Dialect) -> Iterator[str]:
    strategy = name.removeprefix(_PACKAGE)
    simple = dialect.simple_strategy_restriction if strategy == _SIMPLE else "false"
    if simple == "true" or strategy in dialect.strategies_to_refuse:
        raise ConfigurationException(
            f"{name} replication class is not recommended, and forbidden by the current configuration, but was used for "
            f"keyspace {keyspace}. You may override this restriction by modifying replication_strategy_fail_list "
            f"configuration option to not list {name}."
        )
    if simple == "warn" or strategy in dialect.strategies_to_warn_of:
        yield (
            f"{name} replication class is not recommended, but was used for keyspace {keyspace}. "
            f"You may suppress this warning by delisting {name} from replication_strategy_warn_list configuration option, "
            "or make it into an error by listing this replication strategy on replication_strategy_fail_list."
        )


def _of_factors(asked: Mapping[str, str], dialect: Dialect) -> Iterator[str]:
    for name, text in sorted(asked.items()):
        if name == "class" or not text.isdecimal() or not int(text):
            continue
        factor = int(text)
        if factor < dialect.least_factor_to_allow:
            raise _forbidden(name, factor, "minimum", dialect.least_factor_to_allow)
        if 0 <= dialect.greatest_factor_to_allow < factor:
            raise _forbidden(name, factor, "maximum", dialect.greatest_factor_to_allow)
        if factor < dialect.least_factor_to_advise:
            yield _advice(name, factor, "lower", "minimum", dialect.least_factor_to_advise)
        elif 0 <= dialect.greatest_factor_to_advise < factor:
            yield _advice(name, factor, "greater", "maximum", dialect.greatest_factor_to_advise)


def _forbidden(name: str, factor: int, end: str, threshold: int) -> ConfigurationException:
    ways = {"minimum": ("increase", "lower"), "maximum": ("decrease", "increase")}
    change, move = ways[end]
    setting = f"{end}_replication_factor_fail_threshold"
    return ConfigurationException(
        f"Replication Factor {name}={factor} is forbidden by the current configuration setting of "
        f"{setting}={threshold}. Please {change} replication factor, or {move} {setting} set in the configuration."
    )


def _advice(name: str, factor: int, how: str, end: str, threshold: int) -> str:
    return (
        f"Using Replication Factor {name}={factor} {how} than the "
        f"{end}_replication_factor_warn_threshold={threshold} is not recommended."
    )

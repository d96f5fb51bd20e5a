"""Finding what a real Cassandra needs, and saying what is missing."""

import stat

import pytest

from coodie_pytest import java


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with nothing on it: no JAVA_HOME, an empty PATH, an empty cache."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(java, "_JVM_FOLDERS", (str(tmp_path / "jvm"),))
    return tmp_path


def install(path, script):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def jdk(path, version):
    return install(path, f"echo 'openjdk version \"{version}\" 2025-04-15' >&2")


def test_java_home_comes_before_the_path(machine, monkeypatch):
    jdk(machine / "bin/java", "17.0.1")
    ours = jdk(machine / "home/bin/java", "11.0.2")
    monkeypatch.setenv("JAVA_HOME", str(machine / "home"))

    assert java.java() == ours


def test_version_that_does_not_fit_is_passed_over(machine):
    jdk(machine / "bin/java", "25")
    ours = jdk(machine / "jvm/java-17/bin/java", "17.0.15")

    assert java.java() == ours


def test_without_a_fitting_jdk_the_error_says_what_to_install(machine):
    found = jdk(machine / "bin/java", "21.0.1")

    with pytest.raises(java.CannotStart, match="needs a JDK 17") as refused:
        java.java()

    assert f"Found: {found} is 21" in str(refused.value)


def test_without_maven_the_error_says_what_to_install(machine):
    with pytest.raises(java.CannotStart, match="apt-get install maven"):
        java.jars(machine / "jdk/bin/java")


def test_jars_are_fetched_once(machine):
    install(
        machine / "bin/mvn",
        "/bin/mkdir lib && echo x > lib/cassandra.jar && echo fetched >> $XDG_CACHE_HOME/log",
    )

    first, second = java.jars(machine / "jdk/bin/java"), java.jars(machine / "jdk/bin/java")

    assert first == second
    assert [jar.name for jar in first.iterdir()] == ["cassandra.jar"]
    assert (machine / "cache/log").read_text() == "fetched\n"


def test_failed_fetch_leaves_no_cache_and_shows_maven_s_words(machine):
    install(machine / "bin/mvn", "/bin/mkdir lib; echo 'no route to host' >&2; exit 1")

    with pytest.raises(java.CannotStart, match="no route to host"):
        java.jars(machine / "jdk/bin/java")

    assert [path.name for path in (machine / "cache/coodie").iterdir()] == ["lock"]

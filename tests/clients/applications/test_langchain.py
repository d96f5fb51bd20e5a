"""langchain-cassandra: a vector store that is told no more than where its database is."""

from collections.abc import Iterator

import pytest
from langchain_cassandra import Cassandra
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from coodie_memory.cluster import MemoryCluster
from coodie_memory.server import Address


class Letters(Embeddings):
    """A text's vector: how often each vowel occurs in it."""

    def embed_query(self, text: str) -> list[float]:
        return [float(text.count(vowel)) + 0.01 for vowel in "aeiou"]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]


@pytest.fixture(params=["cassandra", "scylla"])
def address(request: pytest.FixtureRequest) -> Iterator[Address]:
    with MemoryCluster(dialect=request.param).serve() as address:
        yield address


def test_documents_are_stored_and_found(address: Address) -> None:
    store = Cassandra(Letters(), [address.host], address.port)
    try:
        ids = store.add_texts(["banana", "kiwi", "bonbon"], [{"n": n} for n in range(3)], ids=["a", "i", "o"])
        store.add_documents([Document("cherry", metadata={"n": 3})], ids=["e"])

        assert ids == ["a", "i", "o"]
        found = store.similarity_search("papaya", k=2)
        assert (found[0].page_content, found[0].metadata["n"]) == ("banana", 0)
        assert [each.page_content for each in store.as_retriever(search_kwargs={"k": 1}).invoke("mini")] == [
            "kiwi"
        ]
        store.delete(["a"])
        assert {each.page_content for each in store.similarity_search("papaya", k=9)} == {
            "kiwi",
            "bonbon",
            "cherry",
        }
    finally:
        store._session.cluster.shutdown()

"""BM25 and reciprocal rank fusion from their definitions, to compare the schema's search with.

    ranking.py bm25|fusion|fused|search < cases.json

Prints one line a difference, and at last how many values were compared. It knows nothing of PostgreSQL but what a
tsvector is: the lexemes of a document, each with its positions.
"""

import json
import math
import sys

K1, B, K = 1.2, 0.75, 60
TOLERANCE = 1e-9

compared = 0


def compare(what, expected, answer):
    global compared
    compared += 1
    if answer is None or abs(answer - expected) > TOLERANCE * max(abs(expected), 1e-300):
        print(f"{what}: {answer} is not {expected}")


def bm25(frequency, containing, length, average, documents, k1=K1, b=B):
    idf = math.log(1 + (documents - containing + 0.5) / (containing + 0.5))
    return idf * frequency * (k1 + 1) / (frequency + k1 * (1 - b + b * length / average))


def fusion(ranks, k=K):
    return math.fsum(1 / (k + rank) for rank in ranks if rank is not None)


class Corpus:
    def __init__(self, tsvectors):
        self.frequencies = {
            document: {lexeme: len(positions) for lexeme, positions in (tsvector or {}).items()}
            for document, tsvector in tsvectors.items()
        }
        population = [frequencies for frequencies in self.frequencies.values() if frequencies]
        self.documents = len(population)
        self.average = sum(sum(frequencies.values()) for frequencies in population) / max(len(population), 1)
        self.containing = {}
        for frequencies in population:
            for lexeme in frequencies:
                self.containing[lexeme] = self.containing.get(lexeme, 0) + 1

    def score(self, document, query):
        frequencies = self.frequencies[document]
        length = sum(frequencies.values())
        return math.fsum(
            bm25(frequencies[lexeme], self.containing[lexeme], length, self.average, self.documents)
            for lexeme in set(query)
            if lexeme in frequencies
        )

    def ranking(self, query):
        """Every document with a lexeme of the query, and its score."""
        return {
            document: self.score(document, query)
            for document, frequencies in self.frequencies.items()
            if any(lexeme in frequencies for lexeme in query)
        }


def check_order(what, expected, found, wanted):
    """`found`: pairs of document and score, best first. Scores that are equal within the tolerance may stand in any
    order here; those that are equal to the last bit are in the order of their documents."""
    global compared
    compared += 1
    if len(found) != min(wanted, len(expected)):
        print(f"{what}: {len(found)} results of {min(wanted, len(expected))}")
    if len({document for document, _ in found}) != len(found):
        print(f"{what}: a document twice")
    for (document, score), (following, next_score) in zip(found, found[1:]):
        if (-score, document) >= (-next_score, following):
            print(f"{what}: {document} before {following}")
    for document, score in found:
        if document in expected:
            compare(f"{what}, {document}", expected[document], score)
        else:
            print(f"{what}: {document} has nothing of it")
    listed = {document for document, _ in found}
    last = min((expected.get(document, 0) for document in listed), default=0)
    for document, score in expected.items():
        if document not in listed and score > last * (1 + TOLERANCE):
            print(f"{what}: {document} is missing")


def check_search(case):
    corpus = Corpus(case["tsvectors"])
    for number, query in enumerate(case["queries"]):
        what = f"query {number} ({' '.join(query['lexemes'])})"
        check_order(what, corpus.ranking(query["lexemes"]), query["found"], query["wanted"])


def check_fused(case):
    """The two lists that a hybrid search is made of, each complete, and what it found."""
    for number, query in enumerate(case):
        lists = [query["text"], query["vector"]]
        documents = {document for ranked in lists for document in ranked}
        expected = {
            document: fusion([ranked.index(document) + 1 if document in ranked else None for ranked in lists])
            for document in documents
        }
        check_order(f"fused query {number}", expected, query["found"], query["wanted"])


def main():
    cases = json.load(sys.stdin)
    if sys.argv[1] == "bm25":
        for *arguments, answer in cases:
            compare(f"bm25{tuple(arguments)}", bm25(*arguments), answer)
    elif sys.argv[1] == "fusion":
        for ranks, k, answer in cases:
            compare(f"fusion({ranks}, {k})", fusion(ranks, k), answer)
    elif sys.argv[1] == "fused":
        check_fused(cases)
    else:
        for case in cases:
            check_search(case)
    print(f"compared {compared}")


main()

"""Who is trusted changes in one thread while another one asks."""

from threading import Thread

from identity import Trust


def test_a_trust_is_copied_while_others_come_and_go():
    trust = Trust({f"CN-{number}": () for number in range(300)})

    def others():
        for number in range(100_000):
            trust.put(f"CN-A{number % 50}", ())
            trust.drop(f"CN-A{(number + 25) % 50}")

    coming_and_going = Thread(target=others)
    coming_and_going.start()
    while coming_and_going.is_alive():
        copy = trust.with_issuer("CN-GD", ())
    coming_and_going.join()

    assert "CN-GD" in repr(copy)
    assert "CN-GD" not in repr(trust)

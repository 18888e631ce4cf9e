package sandboxbank_test

import (
	"net/http"
	"testing"
)

func TestALockedCardOpensAfterACheckAndEachCheckCountsOnce(t *testing.T) {
	t.Parallel()
	b := start(t)
	bound := args{"card": "C008-K1", "review": "S001"}
	b.refused("level_too_low", "/v1/stepup/begin", "", args{"customer": "C008", "operation": "bank.pin_release", "args": bound, "level": "L3"})
	ask := func(review, pin string) args {
		in := args{"card": "C008-K1", "review": review}
		ref := b.begin("C008", "bank.pin_release", "L4", in)
		values := b.codes(ref)
		if len(values) != 1 {
			t.Errorf("a box after a check asks for %v, not for the code of the message alone", values)
		}
		values["new_pin"], values["new_pin_again"] = pin, pin
		return args{"customer": "C008", "card": "C008-K1", "review": review, "reference": b.submit(ref, values)}
	}
	b.refused("weak_pin", "/v1/bank/pin_release", key(1), ask("S001", "123456"))
	other := ask("S001", "704183")
	other["review"] = "S002"
	b.refused("argument_mismatch", "/v1/bank/pin_release", key(2), other)
	b.want(http.StatusOK, "/v1/bank/pin_release", key(3), ask("S001", "704183"))
	if got := b.ledger("C008"); got.Cards[0].Status != "normal" {
		t.Errorf("the card stays %s", got.Cards[0].Status)
	}
	b.refused("review_used", "/v1/bank/pin_release", key(4), ask("S001", "815294"))
}

func TestALossReportIsTakenBackAfterACheck(t *testing.T) {
	t.Parallel()
	b := start(t)
	order := func(review string) args {
		return b.stepped("C010", "bank.card_release", "L4", args{"card": "C010-K1", "review": review})
	}
	b.refused("not_lost", "/v1/bank/card_release", key(1), order("S001"))
	b.want(http.StatusOK, "/v1/bank/card_loss", key(2), args{"customer": "C010", "card": "C010-K1", "kind": "lost"})
	b.want(http.StatusOK, "/v1/bank/card_release", key(3), order("S001"))
	if got := b.ledger("C010"); got.Cards[0].Status != "normal" {
		t.Errorf("the card stays %s", got.Cards[0].Status)
	}
	b.want(http.StatusOK, "/v1/bank/card_loss", key(4), args{"customer": "C010", "card": "C010-K1", "kind": "lost"})
	b.refused("review_used", "/v1/bank/card_release", key(5), order("S001"))
}

func TestACallBackIsWrittenDownOnce(t *testing.T) {
	t.Parallel()
	b := start(t) // a Sunday
	in := args{"customer": "C008", "what": "密码锁定远程重置"}
	first := b.want(http.StatusOK, "/v1/bank/assist_book", key(1), in)
	if first["on"] != "2026-11-23" || first["number"] == "" {
		t.Errorf("booked %v", first)
	}
	if again := b.want(http.StatusOK, "/v1/bank/assist_book", key(2), in); again["number"] != first["number"] {
		t.Errorf("asked again it is another one: %v", again)
	}
}

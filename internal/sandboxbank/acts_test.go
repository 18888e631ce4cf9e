package sandboxbank_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pingdui/pingdui/internal/sandboxbank"
)

func TestTransfer(t *testing.T) {
	t.Parallel()
	b := start(t)
	body := b.order("C002", "C002-A1", "C002-Y1", "3500", "L2")
	twin := b.order("C002", "C002-A1", "C002-Y1", "3500", "L2")
	body["memo"] = "饭钱"
	b.pass(time.Second)
	first := b.want(http.StatusOK, "/v1/bank/transfer", key(1), body)
	if first["balance_after"] != "82921.35" || first["payee_name"] != "王建军" || first["account_tail"] != "6688" || first["payee_tail"] != "3301" {
		t.Errorf("receipt %v", first)
	}
	if again := b.want(http.StatusOK, "/v1/bank/transfer", key(1), body); !cmp.Equal(first, again) {
		t.Errorf("the same key answered %v, then %v", first, again)
	}
	body["memo"] = "别的"
	b.want(http.StatusConflict, "/v1/bank/transfer", key(1), body)
	b.refused("reference_used", "/v1/bank/transfer", key(2), body)
	if got := b.want(http.StatusOK, "/v1/receipt/get", "", args{"customer": "C002", "number": first["number"]}); !cmp.Equal(first, got) {
		t.Errorf("receipt.get %v", got)
	}
	b.refused("receipt_unknown", "/v1/receipt/get", "", args{"customer": "C001", "number": first["number"]})

	// The same again within ten minutes is asked about; what was verified before
	// the first was booked is refused, what is verified after is a repeat.
	quote := b.want(http.StatusOK, "/v1/transfer/quote", "", args{"customer": "C002", "account": "C002-A1", "payee": "C002-Y1", "amount": "3500"})
	if quote["warning"].(map[string]any)["code"] != "duplicate" || quote["limit_left"] != "196500.00" {
		t.Errorf("quote after: %v", quote)
	}
	b.refused("duplicate", "/v1/bank/transfer", key(3), twin)
	b.pass(time.Second)
	b.want(http.StatusOK, "/v1/bank/transfer", key(4), b.order("C002", "C002-A1", "C002-Y1", "3500", "L2"))
	if got := b.ledger("C002"); len(got.Entries) != 2 || got.Accounts[0].Balance != "79421.35" || got.Entries[1].Key != key(1) {
		t.Errorf("ledger %+v", got.Entries)
	}

	// Between two customers of this bank both sides show it.
	b.want(http.StatusOK, "/v1/bank/transfer", key(5), b.order("C003", "C003-A1", "C003-Y1", "100.10", "L2"))
	if got := b.ledger("C010"); len(got.Entries) != 1 || got.Entries[0].Amount != "100.10" || got.Accounts[0].Balance != "33970.22" {
		t.Errorf("payee's ledger %+v", got.Entries)
	}
	b.refused("insufficient_balance", "/v1/bank/transfer", key(6), b.order("C011", "C011-A1", "C011-Y1", "1286.36", "L2"))
	b.refused("level_too_low", "/v1/bank/transfer", key(7), b.order("C002", "C002-A1", "C002-Y2", "10", "L2"))
	b.want(http.StatusOK, "/v1/bank/transfer", key(8), b.order("C002", "C002-A1", "C002-Y2", "10", "L3"))
	b.want(http.StatusOK, "/v1/bank/transfer", key(9), b.order("C002", "C002-A1", "C002-Y2", "11", "L2")) // no longer the first time
}

// A step-up is bound to payee, amount, account and customer.
func TestTampering(t *testing.T) {
	t.Parallel()
	b := start(t)
	n := 100
	for field, value := range map[string]string{"amount": "35000", "payee": "C002-Y4", "account": "C002-A2"} {
		body := b.order("C002", "C002-A1", "C002-Y1", "3500", "L2")
		body[field] = value
		n++
		b.refused("argument_mismatch", "/v1/bank/transfer", key(n), body)
	}
	stolen := b.order("C003", "C003-A1", "C003-Y1", "10", "L2")
	body := args{"customer": "C002", "account": "C002-A1", "payee": "C002-Y1", "amount": "10", "reference": stolen["reference"]}
	b.refused("argument_mismatch", "/v1/bank/transfer", key(200), body)
	b.refused("reference_unknown", "/v1/bank/transfer", key(201), args{
		"customer": "C002", "account": "C002-A1", "payee": "C002-Y1", "amount": "10", "reference": "sr_0000000000",
	})
	// 3500 and 3500.00 are one amount.
	same := b.order("C002", "C002-A1", "C002-Y1", "3500", "L2")
	same["amount"] = "3500.00"
	b.want(http.StatusOK, "/v1/bank/transfer", key(202), same)
	if got := b.ledger("C002"); len(got.Entries) != 1 {
		t.Errorf("%d entries, want 1", len(got.Entries))
	}
}

func TestSameKeyAtOnce(t *testing.T) {
	t.Parallel()
	b := start(t)
	body := b.order("C002", "C002-A1", "C002-Y1", "88.88", "L2")
	answers := make([]map[string]any, 100)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			status, out, err := b.send(http.MethodPost, "/v1/bank/transfer", key(1), body)
			if err != nil || status != http.StatusOK {
				t.Errorf("status %d, %v, %v", status, out, err)
			}
			answers[i] = out
		})
	}
	wg.Wait()
	for _, answer := range answers {
		if !cmp.Equal(answer, answers[0]) {
			t.Fatalf("answers differ: %v and %v", answer, answers[0])
		}
	}
	if got := b.ledger("C002"); len(got.Entries) != 1 || got.Entries[0].Amount != "-88.88" {
		t.Errorf("entries %+v", got.Entries)
	}
}

// Many transfers at once never overdraw the account or the day's limit.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	b := start(t)
	orders := make([]args, 12)
	for i := range orders {
		orders[i] = b.order("C008", "C008-A1", "C008-Y1", "900.00", "L2")
		orders[i]["repeat"] = true
	}
	var mu sync.Mutex
	codes := map[string]int{}
	var wg sync.WaitGroup
	for i, order := range orders {
		wg.Go(func() {
			status, out, err := b.send(http.MethodPost, "/v1/bank/transfer", key(i), order)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				t.Error(err)
			case status == http.StatusOK:
				codes["done"]++
			default:
				codes[out["code"].(string)]++
			}
		})
	}
	wg.Wait()
	if want := (map[string]int{"done": 5, "daily_limit": 7}); !cmp.Equal(codes, want) {
		t.Errorf("outcomes %v, want %v", codes, want)
	}
}

func TestThreeWrongCodes(t *testing.T) {
	t.Parallel()
	b := start(t)
	in := args{"account": "C002-A1", "payee": "C002-Y1", "amount": "20"}
	ref := b.begin("C002", "bank.transfer", "L2", in)
	right := b.codes(ref)
	wrong := map[string]string{"sms_code": string('0'+(right["sms_code"][0]-'0'+1)%10) + right["sms_code"][1:]}
	in["customer"] = "C002"
	// A code of another shape is named and costs no try.
	for _, slip := range []string{"12345", "1234567", "12345x", ""} {
		status, out, err := b.send(http.MethodPost, "/v1/secure/submit", "", args{"ref": ref, "ciphertexts": b.seal(map[string]string{"sms_code": slip})})
		if err != nil || status != http.StatusBadRequest || !strings.Contains(fmt.Sprint(out), "ciphertexts.sms_code") {
			t.Errorf("%q: %d %v, %v", slip, status, out, err)
		}
	}
	for i, left := range []float64{2, 1} {
		in["reference"] = b.submit(ref, wrong)
		if out := b.refused("wrong_code", "/v1/bank/transfer", key(i), in); out["tries_left"] != left {
			t.Errorf("tries left %v, want %v", out["tries_left"], left)
		}
		// The same key again is the same try, not another.
		b.refused("wrong_code", "/v1/bank/transfer", key(i), in)
	}
	spare := b.submit(ref, right)
	in["reference"] = b.submit(ref, wrong)
	b.refused("too_many_tries", "/v1/bank/transfer", key(3), in)
	in["reference"] = spare
	b.refused("too_many_tries", "/v1/bank/transfer", key(4), in)
	b.refused("too_many_tries", "/v1/secure/submit", "", args{"ref": ref, "ciphertexts": b.seal(right)})

	b.pass(31 * time.Minute) // the lock runs out

	// A right code after one wrong one is taken; an old one is not.
	delete(in, "customer")
	delete(in, "reference")
	ref = b.begin("C002", "bank.transfer", "L2", in)
	in["customer"], in["reference"] = "C002", b.submit(ref, wrong)
	b.refused("wrong_code", "/v1/bank/transfer", key(5), in)
	in["reference"] = b.submit(ref, b.codes(ref))
	b.want(http.StatusOK, "/v1/bank/transfer", key(6), in)
	late := b.order("C002", "C002-A1", "C002-Y4", "20", "L2")
	b.pass(5 * time.Minute)
	b.refused("code_expired", "/v1/bank/transfer", key(7), late)
	if got := b.ledger("C002"); len(got.Entries) != 1 {
		t.Errorf("%d entries, want 1", len(got.Entries))
	}
}

// A dead box shuts its operation for half an hour, whoever asks and however
// often, and no other one; five dead boxes of any kind shut them all.
func TestStepUpLock(t *testing.T) {
	t.Parallel()
	b := start(t)
	n := 0
	kill := func(operation, path, level string, in args) map[string]any {
		t.Helper()
		ref := b.begin("C002", operation, level, in)
		wrong := b.codes(ref)
		for name, code := range wrong {
			wrong[name] = string('0'+(code[0]-'0'+1)%10) + code[1:]
		}
		if operation == "bank.pin_reset" {
			wrong["new_pin"], wrong["new_pin_again"] = "739201", "739201"
		}
		body := args{"customer": "C002"}
		for k, v := range in {
			body[k] = v
		}
		for i := range 3 {
			n++
			body["reference"] = b.submit(ref, wrong)
			if i < 2 {
				b.refused("wrong_code", path, key(n), body)
			}
		}
		return b.refused("too_many_tries", path, key(n), body)
	}
	pay := args{"account": "C002-A1", "payee": "C002-Y1", "amount": "20"}
	spare := b.order("C002", "C002-A1", "C002-Y1", "21", "L2") // opened and filled before the lock
	dead := kill("bank.transfer", "/v1/bank/transfer", "L2", pay)
	until, _ := dead["until"].(string)
	if at, err := time.Parse(time.RFC3339, until); err != nil || !strings.Contains(fmt.Sprint(dead["text"]), at.Format("15:04")) {
		t.Errorf("until %q in %v", until, dead)
	}
	again := args{"customer": "C002", "operation": "bank.transfer", "args": pay, "level": "L2"}
	if out := b.refused("too_many_tries", "/v1/stepup/begin", "", again); out["until"] != until {
		t.Errorf("begin until %v, want %s", out["until"], until)
	}
	n++
	b.refused("too_many_tries", "/v1/bank/transfer", key(n), spare)
	b.begin("C002", "bank.pin_reset", "L3", args{"card": "C002-K1"}) // another operation
	b.order("C003", "C003-A1", "C003-Y1", "10", "L2")                // another customer
	b.pass(30*time.Minute + time.Second)
	b.begin("C002", "bank.transfer", "L2", pay)

	// Five of other kinds shut it as well.
	for i := range 5 {
		if i == 4 {
			b.begin("C003", "bank.transfer", "L2", args{"account": "C003-A1", "payee": "C003-Y1", "amount": "10"})
		}
		if err := b.core.DeadBox(t.Context(), "C003", fmt.Sprintf("bank.other%d", i), b.clock()); err != nil {
			t.Fatal(err)
		}
	}
	b.refused("too_many_tries", "/v1/stepup/begin", "", args{
		"customer": "C003", "operation": "bank.transfer", "args": args{"account": "C003-A1", "payee": "C003-Y1", "amount": "10"}, "level": "L2",
	})
}

func TestPINReset(t *testing.T) {
	t.Parallel()
	b := start(t)
	card := args{"card": "C008-K1"}
	b.refused("level_too_low", "/v1/stepup/begin", "", args{"customer": "C008", "operation": "bank.pin_reset", "args": card, "level": "L2"})
	ref := b.begin("C008", "bank.pin_reset", "L3", card)
	try := func(n int, pin, again string) (int, map[string]any) {
		t.Helper()
		values := b.codes(ref)
		values["new_pin"], values["new_pin_again"] = pin, again
		status, out, err := b.send(http.MethodPost, "/v1/bank/pin_reset", key(n), args{"customer": "C008", "card": "C008-K1", "reference": b.submit(ref, values)})
		if err != nil {
			t.Fatal(err)
		}
		return status, out
	}
	for i, c := range []struct{ pin, again, code string }{
		{"111111", "111111", "weak_pin"},
		{"123456", "123456", "weak_pin"},
		{"987654", "987654", "weak_pin"},
		{"460119", "460119", "weak_pin"},
		{"000008", "000008", "weak_pin"},
		{"123123", "123123", "weak_pin"},
		{"731930", "731930", "weak_pin"},
		{"320746", "320746", "same_pin"},
		{"704183", "704184", "mismatch"},
	} {
		if status, out := try(i, c.pin, c.again); status != http.StatusUnprocessableEntity || out["code"] != c.code {
			t.Errorf("PIN case %d: %d %v, want %s", i, status, out, c.code)
		}
	}
	if status, out := try(50, "704183", "704183"); status != http.StatusOK || out["tail"] != "1930" {
		t.Fatalf("good PIN: %d %v", status, out)
	}
	if got := b.ledger("C008"); got.Cards[0].Status != "normal" {
		t.Errorf("the card stays %s", got.Cards[0].Status)
	}
	var hits int
	err := b.core.Scan(t.Context(), "704183", func(table string) { t.Errorf("the new PIN stands in %s", table); hits++ })
	if err != nil || hits > 0 {
		t.Errorf("scan: %v", err)
	}
}

func TestCardLoss(t *testing.T) {
	t.Parallel()
	b := start(t)
	out := b.want(http.StatusOK, "/v1/bank/card_loss", key(1), args{"customer": "C010", "card": "C010-K1", "kind": "stolen"})
	if out["tail"] != "4521" || out["valid_until"] != "2026-11-27T10:30:00+08:00" {
		t.Errorf("card loss %v", out)
	}
	b.refused("already_lost", "/v1/bank/card_loss", key(2), args{"customer": "C010", "card": "C010-K1", "kind": "lost"})
	b.refused("card_unknown", "/v1/bank/card_loss", key(3), args{"customer": "C010", "card": "C002-K1", "kind": "lost"})
	b.refused("card_lost", "/v1/bank/transfer", key(4), b.order("C010", "C010-A1", "C010-Y1", "10", "L2"))
	credit := b.want(http.StatusOK, "/v1/bank/card_loss", key(5), args{"customer": "C010", "card": "C010-K2", "kind": "lost"})
	if credit["valid_until"] != "" {
		t.Errorf("a credit card's loss lapses: %v", credit)
	}
}

// An answer that is lost after the commit is found again by its key; a key that
// was cancelled first never acts.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	b := start(t)
	body := b.order("C002", "C002-A1", "C002-Y1", "66", "L2")
	b.want(http.StatusNoContent, "/demo/faults", "", args{"operation": "bank.transfer", "kind": "lost", "times": 100})
	// The connection is cut each time: net/http itself asks again under a key.
	if _, _, err := b.send(http.MethodPost, "/v1/bank/transfer", key(1), body); err == nil {
		t.Fatal("the answer was to be lost")
	}
	if status, _, err := b.send(http.MethodDelete, "/demo/faults", "", nil); err != nil || status != http.StatusNoContent {
		t.Fatalf("clear the faults: %d, %v", status, err)
	}
	_, state, err := b.send(http.MethodGet, "/v1/operations/"+key(1), "", nil)
	if err != nil || state["status"] != "done" || state["answer"].(map[string]any)["amount"] != "66.00" {
		t.Errorf("state %v, %v", state, err)
	}
	if again := b.want(http.StatusOK, "/v1/bank/transfer", key(1), body); again["amount"] != "66.00" {
		t.Errorf("again %v", again)
	}
	if state := b.want(http.StatusOK, "/v1/operations/"+key(1)+"/cancel", "", nil); state["status"] != "done" {
		t.Errorf("cancelling what is done: %v", state)
	}
	_, state, err = b.send(http.MethodGet, "/v1/operations/"+key(2), "", nil)
	if err != nil || state["status"] != "none" {
		t.Errorf("state of an unseen key %v, %v", state, err)
	}
	late := b.order("C002", "C002-A1", "C002-Y4", "66", "L2")
	b.want(http.StatusOK, "/v1/operations/"+key(2)+"/cancel", "", nil)
	b.refused("cancelled", "/v1/bank/transfer", key(2), late)
	b.want(http.StatusNoContent, "/demo/faults", "", args{"operation": "accounts.list", "kind": "500"})
	b.want(http.StatusInternalServerError, "/v1/accounts/list", "", args{"customer": "C002"})
	b.want(http.StatusOK, "/v1/accounts/list", "", args{"customer": "C002"})
	if got := b.ledger("C002"); len(got.Entries) != 1 {
		t.Errorf("%d entries, want 1", len(got.Entries))
	}
}

func TestSeedTwice(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.pass(48 * time.Hour)
	before, err := b.core.Audit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.core.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := b.core.Audit(t.Context())
	if err != nil || !cmp.Equal(before, after) {
		t.Errorf("a second seed: %+v then %+v, %v", before, after, err)
	}
	facts := b.want(http.StatusOK, "/v1/customer/facts", "", args{"customer": "C001"})
	if due := facts["facts"].([]any)[0].(map[string]any); due["days"] != 3.0 || due["date"] != "2026-11-27" {
		t.Errorf("the deposit is due %v", due)
	}
}

func TestTray(t *testing.T) {
	t.Parallel()
	b := start(t)
	got := make(chan []sandboxbank.Event, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	go func() { got <- b.core.Events(ctx, 0, "C002") }()
	b.begin("C002", "bank.transfer", "L3", args{"account": "C002-A1", "payee": "C002-Y2", "amount": "5"})
	events := <-got
	if len(events) != 2 || events[0].Kind != sandboxbank.EventSMS || len(events[0].Code) != 6 || events[1].Kind != sandboxbank.EventToken {
		t.Errorf("events %+v", events)
	}
	page, err := sandboxbank.FetchEvents(ctx, b.url, token, 1, "C002", 0)
	if err != nil || len(page) != 1 || page[0].ID != 2 {
		t.Errorf("long poll %v, %v", page, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+"/demo/events?after=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "text/event-stream")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end, or of no use
	lines := bufio.NewScanner(res.Body)
	read := func(want string) {
		t.Helper()
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), want) {
				return
			}
		}
		t.Errorf("the stream ended before %q: %v", want, lines.Err())
	}
	read("id: 2")
	read("event: token")
	b.want(http.StatusOK, "/v1/bank/card_loss", key(1), args{"customer": "C002", "card": "C002-K2", "kind": "lost"})
	read("event: change")
	b.core.Close()
	for lines.Scan() {
	}
	if err := lines.Err(); err != nil {
		t.Errorf("the stream does not end with the bank: %v", err)
	}
	if err := b.core.Scan(t.Context(), events[0].Code, func(table string) { t.Errorf("the code stands in %s", table) }); err != nil {
		t.Error(err)
	}
}

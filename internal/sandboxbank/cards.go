package sandboxbank

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// lossLife is how long a loss reported by word of mouth holds.
const lossLife = 5 * 24 * time.Hour

// cardSubject is what the text message says a code for a card is for; what has
// the card's tail in the place of %s.
func (b *Bank) cardSubject(what string) func(context.Context, pgx.Tx, customerRow, map[string]string) (string, error) {
	return func(ctx context.Context, tx pgx.Tx, customer customerRow, bound map[string]string) (string, error) {
		card, ok, err := one[cardRow](ctx, b, tx, "Card", bound["card"], customer.ID)
		if err != nil || !ok {
			return "", orRefuse(err, unknownCard())
		}
		return fmt.Sprintf(what, card.Tail), nil
	}
}

// cardLoss takes a card out of use. A report needs no step-up; where a reference
// is given it is checked and used up.
func (b *Bank) cardLoss(ctx context.Context, tx pgx.Tx, a act, in CardLossIn) (CardLoss, error) {
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return CardLoss{}, orRefuse(err, unknownCustomer())
	}
	card, ok, err := one[cardRow](ctx, b, tx, "CardLocked", in.Card, in.Customer)
	if err != nil || !ok {
		return CardLoss{}, orRefuse(err, unknownCard())
	}
	if in.Reference != "" {
		if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"card": in.Card, "kind": in.Kind}); err != nil {
			return CardLoss{}, err
		}
	}
	if card.Status == "lost" {
		return CardLoss{}, refuse("already_lost", "尾号"+card.Tail+"的卡已经挂失，不用重复办理。", "The card ending "+card.Tail+" is already reported lost.")
	}
	number, err := b.number(ctx, tx, "L", a.now)
	if err != nil {
		return CardLoss{}, err
	}
	out := CardLoss{Number: number, Time: a.now.Format(time.RFC3339), Tail: card.Tail}
	status := "lost"
	if in.Kind == "captured" {
		status = "captured"
	}
	var until *time.Time
	if card.Kind == "debit" {
		end := a.now.Add(lossLife)
		until, out.ValidUntil = &end, end.Format(time.RFC3339)
	}
	if _, err := tx.Exec(ctx, b.q("CardLost"), card.ID, status, until); err != nil {
		return CardLoss{}, fmt.Errorf("mark the card: %w", err)
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.card_loss", Number: number, AccountTail: card.Tail})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(customer.Phone),
		Text: fmt.Sprintf("【示例银行】您尾号%s的%s已于%s挂失，编号%s。", card.Tail, card.Name, a.now.Format("1月2日15:04"), number),
	})
	return out, nil
}

// pinReset replaces a card's PIN by the one in the reference; a locked card is
// unlocked by it.
func (b *Bank) pinReset(ctx context.Context, tx pgx.Tx, a act, in PINResetIn) (PINReset, error) {
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return PINReset{}, orRefuse(err, unknownCustomer())
	}
	card, ok, err := one[cardRow](ctx, b, tx, "CardLocked", in.Card, in.Customer)
	if err != nil || !ok {
		return PINReset{}, orRefuse(err, unknownCard())
	}
	if card.Status == "lost" || card.Status == "captured" {
		return PINReset{}, refuse("card_lost", "尾号"+card.Tail+"的卡已停用，不能重置密码，请先补卡或解除挂失。",
			"The card ending "+card.Tail+" is out of use, so its PIN cannot be set.")
	}
	proof, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L3", map[string]string{"card": in.Card})
	if err != nil {
		return PINReset{}, err
	}
	number, err := b.number(ctx, tx, "P", a.now)
	if err != nil {
		return PINReset{}, err
	}
	if _, err := tx.Exec(ctx, b.q("CardPINReset"), card.ID, proof.PINSalt, proof.PINHash, a.now); err != nil {
		return PINReset{}, fmt.Errorf("set the PIN: %w", err)
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.pin_reset", Number: number, AccountTail: card.Tail})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(customer.Phone),
		Text: fmt.Sprintf("【示例银行】您尾号%s的%s取款密码已于%s重置。若非本人操作请立即联系我们。", card.Tail, card.Name, a.now.Format("1月2日15:04")),
	})
	return PINReset{Number: number, Time: a.now.Format(time.RFC3339), Tail: card.Tail}, nil
}

// weakPIN says whether a PIN is one that a stranger would try first: the same
// digit, a run up or down, a pattern of two or three digits, the birthday in any
// usual spelling, or the end of the phone or card number.
func weakPIN(pin string, born time.Time, phone, cardTail string) bool {
	same, up, down := true, true, true
	for i := 1; i < len(pin); i++ {
		step := int(pin[i]) - int(pin[i-1])
		same = same && step == 0
		up = up && (step == 1 || step == -9)
		down = down && (step == -1 || step == 9)
	}
	if same || up || down {
		return true
	}
	n := len(pin)
	if n == 6 && (pin[:3] == pin[3:] || (pin[:2] == pin[2:4] && pin[2:4] == pin[4:]) ||
		(pin[0] == pin[1] && pin[2] == pin[3] && pin[4] == pin[5]) || (pin[0] == pin[1] && pin[1] == pin[2] && pin[3] == pin[4] && pin[4] == pin[5])) {
		return true
	}
	for _, layout := range []string{"060102", "200601", "010206", "020106", "012006", "0102"} {
		if day := born.Format(layout); pin == day || (len(day) == 4 && (pin[:4] == day || pin[n-4:] == day)) {
			return true
		}
	}
	return (len(phone) >= n && phone[len(phone)-n:] == pin) || (n >= 4 && pin[n-4:] == cardTail)
}

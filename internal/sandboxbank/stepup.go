package sandboxbank

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"
)

const (
	maxTries = 3
	// lockFor is how long a dead box shuts its operation, and a run of dead boxes
	// of any kind (see the query StepUpLock) all of them.
	lockFor = 30 * time.Minute
)

type challengeRow struct {
	Ref, Customer, Operation string
	ArgsHash                 []byte
	Level, Factor            string
	KeyedBy                  string
	SMSHash, TokenHash       []byte
	Fields                   []SecureField
	Tries                    int
	Status                   string
	CreatedAt, ExpiresAt     time.Time
}

// proof is what is kept of a filled secure box: whether each thing was right, the
// new PIN's hash, and no code or password.
type proof struct {
	Factor   bool   `json:"factor"` // every code and password was right
	Mismatch bool   `json:"mismatch,omitempty"`
	Weak     bool   `json:"weak,omitempty"`
	Same     bool   `json:"same,omitempty"` // the new PIN is the old one
	PINSalt  []byte `json:"pin_salt,omitempty"`
	PINHash  []byte `json:"pin_hash,omitempty"`
	// AccountNo is no secret of the bank's customer, only of the chat's: the bank
	// keeps the numbers of payees anyway.
	AccountNo string `json:"account_no,omitempty"`

	ref   string    // the box
	begun time.Time // when the step-up was begun; both known once consumed
}

// argsHash binds customer, operation and arguments; encoding/json writes a map's
// keys in order.
func argsHash(customer, operation string, bound map[string]string) []byte {
	text, _ := json.Marshal([]any{customer, operation, bound}) // strings always marshal
	sum := sha256.Sum256(text)
	return sum[:]
}

// begin opens a step-up: its codes go to the customer's phone and token.
func (b *Bank) begin(ctx context.Context, in StepUpIn) (StepUp, error) {
	bs, bound, err := b.boundArgs(in.Operation, in.Args)
	if err != nil {
		return StepUp{}, err
	}
	sealed := in.Level == "L1"                             // no factor: the box is only there for what it takes
	if in.Level < bs.level || sealed && bs.level != "L1" { // L2 < L3
		return StepUp{}, levelTooLow()
	}
	now := b.now()
	var events []Event
	var out StepUp
	err = pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
		if err != nil || !ok {
			return orRefuse(err, unknownCustomer())
		}
		until, shut, err := b.lockedUntil(ctx, tx, in.Customer, in.Operation, now)
		if err != nil {
			return err
		}
		if shut {
			return tooManyTries(until)
		}
		subject, err := bs.subject(ctx, tx, customer, bound)
		if err != nil {
			return err
		}
		ref := "su_" + randomHex(16)
		row := challengeRow{Ref: ref, Level: in.Level, Factor: in.Factor, ExpiresAt: now.Add(b.cfg.CodeLife)}
		switch {
		case sealed:
			row.Factor = "none"
		case row.Factor == "payment_password":
			row.Fields = append(row.Fields, SecureField{Name: "payment_password", Label: "支付密码", LabelEN: "Payment password", Digits: 6})
		default:
			row.Factor = "sms"
			code, phone := randomCode(), customer.Phone
			if bs.phone != "" {
				phone = bound[bs.phone]
			}
			row.SMSHash, out.SMSTo = b.codeHash(ref, "sms_code", code), maskPhone(phone)
			row.Fields = append(row.Fields, SecureField{Name: "sms_code", Label: "短信验证码", LabelEN: "Code from the text message", Digits: 6})
			text := fmt.Sprintf("【示例银行】验证码%s，用于%s，%d分钟内有效。任何人索要都不要给。", code, subject, int(b.cfg.CodeLife.Minutes()))
			if _, err := tx.Exec(ctx, b.q("InsertSMS"), now, in.Customer, ref, strings.ReplaceAll(text, code, "******")); err != nil {
				return fmt.Errorf("put the message out: %w", err)
			}
			events = append(events, Event{At: now, Kind: EventSMS, Customer: in.Customer, To: out.SMSTo, Text: text, Code: code, Field: "sms_code", Ref: ref})
		}
		if in.Level == "L3" {
			code := randomCode()
			row.TokenHash = b.codeHash(ref, "token", code)
			row.Fields = append(row.Fields, SecureField{Name: "token", Label: "手机令牌动态码", LabelEN: "Code of your mobile token", Digits: 6})
			events = append(events, Event{
				At: now, Kind: EventToken, Customer: in.Customer, Text: "手机令牌：" + subject, Code: code, Field: "token", Ref: ref,
			})
		}
		row.Fields = append(row.Fields, bs.secrets...)
		fields, err := json.Marshal(row.Fields)
		if err != nil {
			return fmt.Errorf("write the fields: %w", err)
		}
		if _, err := tx.Exec(ctx, b.q("InsertChallenge"), ref, in.Customer, in.Operation, argsHash(in.Customer, in.Operation, bound), row.Level,
			row.Factor, in.Device, b.kid, row.SMSHash, row.TokenHash, fields, now, row.ExpiresAt); err != nil {
			return fmt.Errorf("open the step-up: %w", err)
		}
		out.Ref, out.Fields, out.ExpiresAt, out.TriesLeft = ref, row.Fields, row.ExpiresAt.Format(time.RFC3339), maxTries
		return nil
	})
	if err != nil {
		return StepUp{}, err
	}
	b.tray.publish(events...)
	return out, nil
}

// consume uses up a reference inside the act's transaction. Whatever it refuses,
// the reference is gone; a wrong factor is counted, and the third ends the box.
// Anything but a wrong factor or an unfit PIN also ends it: a factor counts once.
func (b *Bank) consume(ctx context.Context, tx pgx.Tx, a act, customer, reference, need string, bound map[string]string) (proof, error) {
	type taken struct {
		Ref   string
		Proof proof
	}
	ref, ok, err := one[taken](ctx, b, tx, "TakeReference", reference, a.now)
	if err != nil {
		return proof{}, err
	}
	if !ok {
		_, used, err := value[bool](ctx, b, tx, "ReferenceUsed", reference)
		if err != nil {
			return proof{}, err
		}
		if used {
			return proof{}, refuse("reference_used", "这次验证已经用过，请重新验证。", "This verification has been used. Please verify again.")
		}
		return proof{}, refuse("reference_unknown", "没有这次验证，请重新验证。", "There is no such verification. Please verify again.")
	}
	c, ok, err := one[challengeRow](ctx, b, tx, "ChallengeLocked", ref.Ref)
	if err != nil || !ok {
		return proof{}, orRefuse(err, codeExpired())
	}
	until, shut, err := b.lockedUntil(ctx, tx, c.Customer, c.Operation, a.now)
	if err != nil {
		return proof{}, err
	}
	switch {
	case c.Status == "dead":
		return proof{}, tooManyTries(later(until, a.now))
	case c.Status == "used":
		return proof{}, refuse("reference_used", "这次验证已经用过，请重新验证。", "This verification has been used. Please verify again.")
	case !a.now.Before(c.ExpiresAt):
		return proof{}, codeExpired()
	case c.Customer != customer || c.Operation != a.operation || !hmac.Equal(c.ArgsHash, argsHash(customer, a.operation, bound)):
		return proof{}, refuse("argument_mismatch", "验证与本次办理的内容不一致，没有办理。请重新核对并验证。",
			"The verification was for something else, so nothing was done. Please check and verify again.")
	case c.Level < need: // L2 < L3
		return proof{}, levelTooLow()
	case shut: // boxes opened before the lock are no way round it
		return proof{}, tooManyTries(until)
	case !ref.Proof.Factor:
		var tries int
		if err := tx.QueryRow(ctx, b.q("ChallengeTried"), c.Ref, a.now).Scan(&tries); err != nil {
			return proof{}, fmt.Errorf("count the try: %w", err)
		}
		if tries >= maxTries {
			return proof{}, tooManyTries(a.now.Add(lockFor))
		}
		return proof{}, wrongCode(maxTries - tries)
	case ref.Proof.Mismatch:
		return proof{}, refuse("mismatch", "两次输入的新密码不一样，请再输一次。", "The two new PINs differ. Please enter them again.")
	case ref.Proof.Weak:
		return proof{}, refuse("weak_pin", "这个密码太容易被猜到（生日、连号、重复数字都不行），请换一个。",
			"That PIN is too easy to guess (no birthdays, runs or repeated digits). Please choose another.")
	case ref.Proof.Same:
		return proof{}, refuse("same_pin", "新密码和原来的一样，请换一个。", "The new PIN is the old one. Please choose another.")
	}
	if _, err := tx.Exec(ctx, b.q("ChallengeUsed"), c.Ref, a.now); err != nil {
		return proof{}, fmt.Errorf("use the step-up up: %w", err)
	}
	ref.Proof.ref, ref.Proof.begun = c.Ref, c.CreatedAt
	return ref.Proof, nil
}

// missed counts a box whose content was wrong; the third in half an hour shuts the
// operation, so that nobody finds out by trying whose account a number is.
func (b *Bank) missed(ctx context.Context, tx pgx.Tx, a act, p proof, no *Refusal) error {
	dead, _, err := value[bool](ctx, b, tx, "ChallengeMissed", p.ref, a.now.Add(-lockFor))
	if err != nil {
		return err
	}
	if dead {
		return tooManyTries(a.now.Add(lockFor))
	}
	return no
}

// lockedUntil is until when no step-up of an operation is begun for a customer
// because a box of it, or too many of any kind, died; false when none is shut.
func (b *Bank) lockedUntil(ctx context.Context, db querier, customer, operation string, now time.Time) (time.Time, bool, error) {
	died, ok, err := value[*time.Time](ctx, b, db, "StepUpLock", customer, operation, now.Add(-lockFor))
	if err != nil || !ok || died == nil {
		return time.Time{}, false, err
	}
	return died.In(now.Location()).Add(lockFor), true, nil
}

// later is until, or now where a lock has run out already.
func later(until, now time.Time) time.Time {
	if until.Before(now) {
		return now
	}
	return until
}

func (b *Bank) codeHash(ref, field, code string) []byte {
	mac := hmac.New(sha256.New, b.codeKey)
	mac.Write([]byte(ref + "\n" + field + "\n" + code))
	return mac.Sum(nil)
}

func randomCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil { // crypto/rand ends the program before it fails
		return randomCode()
	}
	return fmt.Sprintf("%06d", n)
}

// secureSubmit opens a filled box, judges it and keeps the judgement. Nothing is
// answered about right or wrong here: only the act says so, and counts it.
func (b *Bank) secureSubmit(ctx context.Context, in SecureSubmitIn) (SecureSubmit, error) {
	c, ok, err := one[challengeRow](ctx, b, b.pool, "Challenge", in.Ref)
	if err != nil {
		return SecureSubmit{}, err
	}
	now := b.now()
	switch {
	case !ok || c.KeyedBy != b.kid || !now.Before(c.ExpiresAt):
		return SecureSubmit{}, codeExpired()
	case c.Status == "dead":
		until, _, err := b.lockedUntil(ctx, b.pool, c.Customer, c.Operation, now)
		if err != nil {
			return SecureSubmit{}, err
		}
		return SecureSubmit{}, tooManyTries(later(until, now))
	case c.Status == "used":
		return SecureSubmit{}, refuse("reference_used", "这次验证已经用过，请重新验证。", "This verification has been used. Please verify again.")
	case in.Kid != "" && in.Kid != b.kid:
		return SecureSubmit{}, refuse("key_changed", "安全键盘的密钥已更新，请刷新后再输入。", "The secure box's key has changed. Please reload and enter it again.")
	}
	for name := range in.Ciphertexts {
		if !slices.ContainsFunc(c.Fields, func(f SecureField) bool { return f.Name == name }) {
			return SecureSubmit{}, badField("ciphertexts."+name, "", fmt.Errorf("is not a field of this box"))
		}
	}
	values := map[string]string{}
	for _, field := range c.Fields {
		plain, err := b.open(in.Ciphertexts[field.Name])
		if err != nil {
			return SecureSubmit{}, badField("ciphertexts."+field.Name, "", err)
		}
		if err := field.fits(plain); err != nil {
			return SecureSubmit{}, badField("ciphertexts."+field.Name, "", err)
		}
		values[field.Name] = plain
	}
	p, err := b.weigh(ctx, c, values)
	if err != nil {
		return SecureSubmit{}, err
	}
	text, err := json.Marshal(p)
	if err != nil {
		return SecureSubmit{}, fmt.Errorf("write the proof: %w", err)
	}
	id := "sr_" + randomHex(20)
	if _, err := b.pool.Exec(ctx, b.q("InsertReference"), id, c.Ref, text, now); err != nil {
		return SecureSubmit{}, fmt.Errorf("keep the reference: %w", err)
	}
	return SecureSubmit{Reference: id}, nil
}

// isDigits says whether a text is n digits and nothing else.
func isDigits(text string, n int) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return len(text) == n
}

var _ huma.StatusError = (*Refusal)(nil)

package sandboxbank

import (
	"encoding/json"
	"fmt"
)

// The bodies of the API. Amounts are decimal strings with two places; dates are
// 2006-01-02, times RFC 3339; an id is what an earlier answer gave out.

// CustomerIn names a customer.
type CustomerIn struct {
	Customer string `json:"customer" maxLength:"20" doc:"Customer number" example:"C002"`
}

// AccountsListIn asks for a customer's accounts.
type AccountsListIn struct {
	CustomerIn
	Kind string `json:"kind,omitempty" enum:"debit,credit,deposit,passbook,mortgage,wallet,pension" doc:"Only this kind"`
}

// AccountIn names one account.
type AccountIn struct {
	CustomerIn
	Account string `json:"account" maxLength:"40"`
}

// Account is one account. What the customer owes (credit, mortgage) is negative.
type Account struct {
	ID           string `json:"id"`
	Kind         string `json:"kind" enum:"debit,credit,deposit,passbook,mortgage,wallet,pension"`
	Name         string `json:"name"`
	NameEN       string `json:"name_en"`
	Tail         string `json:"tail" doc:"Last four digits"`
	Currency     string `json:"currency"`
	Balance      string `json:"balance" example:"12345.67"`
	Available    string `json:"available" doc:"What may be spent now; of a credit card, what is left of the line"`
	Frozen       string `json:"frozen"`
	Status       string `json:"status" enum:"normal,frozen,dormant,restricted"`
	StatusReason string `json:"status_reason,omitempty" doc:"Why, as far as it may be told"`
	Term         string `json:"term,omitempty" doc:"Deposits: ISO 8601 duration"`
	Rate         string `json:"rate,omitempty" doc:"Per cent a year"`
	MaturesOn    string `json:"matures_on,omitempty"`
	Bill         string `json:"bill,omitempty" doc:"Credit cards: this month's bill"`
	BillMin      string `json:"bill_min,omitempty"`
	BillDueOn    string `json:"bill_due_on,omitempty"`
}

// AccountsList is every account in the customer's own order.
type AccountsList struct {
	Accounts []Account `json:"accounts" nullable:"false"`
	Total    string    `json:"total" doc:"Sum of the balances, without credit cards and loans"`
}

// CardsList is every card.
type CardsList struct {
	Cards []Card `json:"cards" nullable:"false"`
}

// Card is one card.
type Card struct {
	ID      string `json:"id"`
	Tail    string `json:"tail"`
	Kind    string `json:"kind" enum:"debit,credit"`
	Name    string `json:"name"`
	NameEN  string `json:"name_en"`
	Status  string `json:"status" enum:"normal,lost,locked,captured"`
	Account string `json:"account"`
}

// PayeesFindIn asks who is meant by a name; an empty name means everybody.
type PayeesFindIn struct {
	CustomerIn
	Name string `json:"name,omitempty" maxLength:"60" doc:"Name, alias or relation: 老王, 我儿子, landlord"`
}

// PayeesFind is the payees a name may mean.
type PayeesFind struct {
	Payees []Payee `json:"payees" nullable:"false"`
}

// Payee is one saved payee.
type Payee struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Alias       string   `json:"alias" doc:"The first alias"`
	Aliases     []string `json:"aliases" nullable:"false"`
	Relation    string   `json:"relation"`
	Bank        string   `json:"bank"`
	BankEN      string   `json:"bank_en"`
	AccountTail string   `json:"account_tail"`
	FirstTime   bool     `json:"first_time" doc:"Never paid before: L3 is needed"`
}

// Profile is what the bank tells of a customer.
type Profile struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Title       string `json:"title"`
	TitleEN     string `json:"title_en"`
	Age         int    `json:"age"`
	Edition     string `json:"edition" enum:"standard,elder,youth,private"`
	Locale      string `json:"locale" enum:"zh,en"`
	Phone       string `json:"phone" doc:"Masked"`
	Rating      string `json:"rating" doc:"Risk rating R1 to R5; empty when never rated"`
	Region      string `json:"region"`
	Manager     string `json:"manager"`
	IDKind      string `json:"id_kind" enum:"id_card,passport"`
	IDExpiresOn string `json:"id_expires_on" doc:"Empty: long-term"`
	IDExpired   bool   `json:"id_expired"`
	SingleLimit string `json:"single_limit"`
	DailyLimit  string `json:"daily_limit"`
}

// Facts is why a customer may have come, most pressing first.
type Facts struct {
	Facts []Fact `json:"facts" nullable:"false"`
}

// Fact is one thing that is due or wrong.
type Fact struct {
	Kind     string `json:"kind" enum:"deposit_maturing,bill_due,transfer_failed,card_locked,card_lost,account_limited,id_expired,unknown_debit"`
	Text     string `json:"text"`
	TextEN   string `json:"text_en"`
	Reason   string `json:"reason" doc:"Why the customer is told"`
	ReasonEN string `json:"reason_en"`
	Account  string `json:"account,omitempty"`
	Card     string `json:"card,omitempty"`
	Tail     string `json:"tail,omitempty"`
	Amount   string `json:"amount,omitempty"`
	Date     string `json:"date,omitempty"`
	Days     int    `json:"days" doc:"Days until the date; negative when past"`
	Code     string `json:"code,omitempty" doc:"transfer_failed: the refusal's code"`
}

// TransactionsIn selects bookings; every field but the customer may be left out.
type TransactionsIn struct {
	CustomerIn
	Account      string `json:"account,omitempty" maxLength:"40"`
	From         string `json:"from,omitempty" format:"date" doc:"First day, inclusive"`
	To           string `json:"to,omitempty" format:"date" doc:"Last day, inclusive"`
	Counterparty string `json:"counterparty,omitempty" maxLength:"60" doc:"Part of the name, or a payee's alias or relation"`
	Direction    string `json:"direction,omitempty" enum:"in,out"`
	Min          string `json:"min,omitempty" maxLength:"16" doc:"Smallest amount"`
	Max          string `json:"max,omitempty" maxLength:"16" doc:"Largest amount"`
	Text         string `json:"text,omitempty" maxLength:"60" doc:"A category, or part of the memo"`
	Limit        int    `json:"limit,omitempty" minimum:"1" maximum:"200" default:"50"`
	Offset       int    `json:"offset,omitempty" minimum:"0" maximum:"100000"`
}

// Transactions is one page of bookings, newest first, with the sums of them all.
type Transactions struct {
	Transactions []Transaction `json:"transactions" nullable:"false"`
	Count        int           `json:"count" doc:"How many match in all"`
	SumIn        string        `json:"sum_in" doc:"Of all that match"`
	SumOut       string        `json:"sum_out" doc:"Of all that match, positive"`
	More         bool          `json:"more"`
}

// Transaction is one booking on one account.
type Transaction struct {
	Number       string `json:"number"`
	Time         string `json:"time"`
	Account      string `json:"account"`
	Tail         string `json:"tail"`
	Amount       string `json:"amount" doc:"Negative: money out"`
	BalanceAfter string `json:"balance_after"`
	Counterparty string `json:"counterparty"`
	Memo         string `json:"memo"`
	Category     string `json:"category"`
}

// ReceiptIn names a receipt.
type ReceiptIn struct {
	CustomerIn
	Number string `json:"number" maxLength:"40"`
}

// QuoteIn asks what a transfer would cost and need.
type QuoteIn struct {
	CustomerIn
	Account string `json:"account" maxLength:"40"`
	Payee   string `json:"payee" maxLength:"40"`
	Amount  string `json:"amount" maxLength:"16" example:"3000.00"`
}

// Quote is the answer: nothing has moved and nothing is reserved.
type Quote struct {
	Fee       string   `json:"fee"`
	Arrival   string   `json:"arrival"`
	ArrivalEN string   `json:"arrival_en"`
	Level     string   `json:"level" enum:"L2,L3"`
	LimitLeft string   `json:"limit_left" doc:"Of today's limit, before this transfer"`
	Refusal   *Refusal `json:"refusal" doc:"Why it would be refused; null when it would not"`
	Warning   *Refusal `json:"warning" doc:"duplicate: the same was sent within 10 minutes; a step-up begun from now on is for a repeat. Else null"`
}

// TransferIn orders a transfer.
type TransferIn struct {
	CustomerIn
	Account   string `json:"account" maxLength:"40"`
	Payee     string `json:"payee" maxLength:"40"`
	Amount    string `json:"amount" maxLength:"16" example:"3000.00"`
	Memo      string `json:"memo,omitempty" maxLength:"100"`
	Repeat    bool   `json:"repeat,omitempty" doc:"Yes, the same again, though the step-up was begun before the other was booked"`
	Reference string `json:"reference" maxLength:"80" doc:"From secure.submit"`
}

// Receipt is a transfer that was made.
type Receipt struct {
	Number       string `json:"number"`
	Time         string `json:"time"`
	Amount       string `json:"amount"`
	PayeeName    string `json:"payee_name"`
	PayeeBank    string `json:"payee_bank"`
	PayeeBankEN  string `json:"payee_bank_en"`
	PayeeTail    string `json:"payee_tail"`
	AccountTail  string `json:"account_tail"`
	Fee          string `json:"fee"`
	BalanceAfter string `json:"balance_after"`
	Memo         string `json:"memo"`
	Arrival      string `json:"arrival"`
	ArrivalEN    string `json:"arrival_en"`
}

// CardLossIn reports a card. It needs no step-up: it only protects.
type CardLossIn struct {
	CustomerIn
	Card      string `json:"card" maxLength:"40"`
	Kind      string `json:"kind" enum:"lost,stolen,captured"`
	Reference string `json:"reference,omitempty" maxLength:"80"`
}

// CardLoss is a card that is out of use.
type CardLoss struct {
	Number     string `json:"number"`
	Time       string `json:"time"`
	ValidUntil string `json:"valid_until" doc:"A report by word of mouth lapses then unless made formal; empty: does not lapse (credit cards)"`
	Tail       string `json:"tail"`
}

// PINResetIn sets a new PIN, which is in the reference.
type PINResetIn struct {
	CustomerIn
	Card      string `json:"card" maxLength:"40"`
	Reference string `json:"reference" maxLength:"80"`
}

// PINReset is a PIN that was set.
type PINReset struct {
	Number string `json:"number"`
	Time   string `json:"time"`
	Tail   string `json:"tail"`
}

// StepUpIn begins a step-up bound to one operation with its arguments.
type StepUpIn struct {
	CustomerIn
	Operation string                     `json:"operation" maxLength:"60" doc:"An act that takes a reference" example:"bank.transfer"`
	Args      map[string]json.RawMessage `json:"args" doc:"The act's arguments; the step-up binds those the act's description names"`
	Level     string                     `json:"level" enum:"L1,L2,L3,L4" doc:"L1 sends no code: the box only takes what may not stand in a chat"`
	Device    string                     `json:"device,omitempty" maxLength:"100"`
	Factor    string                     `json:"factor,omitempty" enum:"sms,payment_password" doc:"First factor; sms when left out"`
}

// StepUp is what to ask the customer for.
type StepUp struct {
	Ref       string        `json:"ref"`
	ExpiresAt string        `json:"expires_at"`
	Fields    []SecureField `json:"fields" nullable:"false"`
	SMSTo     string        `json:"sms_to" doc:"Masked number; empty when no text message was sent"`
	TriesLeft int           `json:"tries_left"`
}

// SecureField is one box of the secure form.
type SecureField struct {
	Name      string `json:"name" enum:"sms_code,payment_password,token,new_pin,new_pin_again,account_no"`
	Label     string `json:"label"`
	LabelEN   string `json:"label_en"`
	Digits    int    `json:"digits" doc:"Exactly so many; 0 where the two below say how many"`
	DigitsMin int    `json:"digits_min,omitempty"`
	DigitsMax int    `json:"digits_max,omitempty"`
}

// fits says whether a value has the field's digits and nothing else. A code of
// another length is a slip of the hand, not a guess: it is refused before it is
// judged, so that it costs no try.
func (f SecureField) fits(value string) error {
	switch {
	case f.Digits > 0 && !isDigits(value, f.Digits):
		return fmt.Errorf("must be %d digits", f.Digits)
	case f.DigitsMax > 0 && (len(value) < f.DigitsMin || len(value) > f.DigitsMax || !isDigits(value, len(value))):
		return fmt.Errorf("must be %d to %d digits", f.DigitsMin, f.DigitsMax)
	}
	return nil
}

// SecureKey is the public key secrets are encrypted to.
type SecureKey struct {
	Kid  string    `json:"kid"`
	Alg  string    `json:"alg" example:"RSA-OAEP-256"`
	JWK  PublicJWK `json:"jwk" doc:"For WebCrypto importKey(\"jwk\")"`
	SPKI string    `json:"spki" doc:"The same key, base64 DER, for importKey(\"spki\")"`
}

// PublicJWK is an RSA public key as RFC 7517 writes it.
type PublicJWK struct {
	Kty    string   `json:"kty"`
	Use    string   `json:"use"`
	Alg    string   `json:"alg"`
	Kid    string   `json:"kid"`
	N      string   `json:"n"`
	E      string   `json:"e"`
	KeyOps []string `json:"key_ops" nullable:"false"`
	Ext    bool     `json:"ext"`
}

// SecureSubmitIn is a filled secure box.
type SecureSubmitIn struct {
	Ref         string            `json:"ref" maxLength:"80"`
	Kid         string            `json:"kid,omitempty" maxLength:"40"`
	Ciphertexts map[string]string `json:"ciphertexts" maxProperties:"8" doc:"By field: base64 of RSA-OAEP (SHA-256, no label) of the UTF-8 value"`
}

// SecureSubmit is the one-use reference that stands for the filled box.
type SecureSubmit struct {
	Reference string `json:"reference"`
}

// OperationState is what became of an idempotency key.
type OperationState struct {
	Key       string          `json:"key"`
	Status    string          `json:"status" enum:"done,refused,running,none" doc:"running: ask again; none: never seen"`
	Operation string          `json:"operation,omitempty"`
	Code      string          `json:"code,omitempty"`
	Answer    json.RawMessage `json:"answer,omitempty" doc:"The answer the act got or would have got"`
}

package entity

// Kind names what an entity is.
type Kind string

// The kinds of entity.
const (
	Amount   Kind = "amount"    // Value: decimal in yuan, two places: 3500.00
	Date     Kind = "date"      // Value: 2006-01-02
	DateTime Kind = "datetime"  // Value: 2006-01-02T15:04
	Period   Kind = "period"    // Value: 2006-01-02/2006-01-02, both inclusive
	Term     Kind = "term"      // Value: ISO 8601 duration: P3Y, P6M, P7D
	Percent  Kind = "percent"   // Value: decimal per cent: 3.15
	Number   Kind = "number"    // Value: decimal
	Ordinal  Kind = "ordinal"   // Value: 1, 2, -1 (第一个, second, the last)
	Phone    Kind = "phone"     // Value: 11 digits
	CardTail Kind = "card_tail" // Value: 4 digits
	CardFull Kind = "card"      // Value: 12 to 19 digits, Luhn-checked
	IDNumber Kind = "id_number" // Value: 18 characters, GB 11643 check digit
	Code     Kind = "code"      // Value: 4 to 8 digits that stand alone, maybe a secret
	Person   Kind = "person"    // Value: a name or how one is called: 李强, 老王, 我儿子
	Account  Kind = "account"   // Value: a bank term: savings, credit_card, deposit, mortgage
	Currency Kind = "currency"  // Value: ISO 4217
)

// Entity is one thing found in a text.
type Entity struct {
	Kind  Kind   `json:"kind"`
	Value string `json:"value"` // canonical, see the kinds; empty when Bad
	Text  string `json:"text"`  // as written
	Start int    `json:"start"` // byte offsets into the text as given
	End   int    `json:"end"`
	// Bad says why a thing of this kind is impossible: no_such_date,
	// bad_check_digit, too_many_decimals, not_positive, too_large, malformed (1,00
	// or 12.345.6 or 1e9); empty when fine.
	Bad string `json:"bad,omitempty"`
	// Role is what the message does with a person or a sum; empty for one that
	// stands by itself and for all other kinds.
	Role Role `json:"role,omitempty"`
	// Upto is the upper bound of a range, in the form of Value: 五六百 is 500.00
	// up to 600.00.
	Upto string `json:"upto,omitempty"`
}

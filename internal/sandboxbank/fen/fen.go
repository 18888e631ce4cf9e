// Package fen reads and writes amounts of money. Inside the bank core money is
// a whole number of fen (1/100 yuan); outside it is a decimal string.
package fen

import (
	"errors"
	"strconv"
	"strings"
)

// Fen is an amount in 1/100 of the currency's unit; negative is owed.
type Fen int64

// Max is the largest amount that one instruction may name: 100 billion yuan.
const Max Fen = 100_000_000_000_00

// The reasons why a string is not an amount.
var (
	ErrForm     = errors.New("must be a decimal number such as 3000.00, without sign, spaces or separators")
	ErrDecimals = errors.New("must have at most two decimals")
	ErrRange    = errors.New("must be greater than 0 and at most 100000000000.00")
)

// Parse reads a positive amount: digits, and at most two decimals after a point.
func Parse(s string) (Fen, error) {
	whole, cents, point := strings.Cut(s, ".")
	if whole == "" || !digits(whole) || (point && cents == "") || !digits(cents) {
		return 0, ErrForm
	}
	if len(cents) > 2 {
		return 0, ErrDecimals
	}
	for len(cents) < 2 {
		cents += "0"
	}
	if len(strings.TrimLeft(whole, "0")) > 12 {
		return 0, ErrRange
	}
	n, err := strconv.ParseInt(whole+cents, 10, 64)
	if err != nil || n <= 0 || Fen(n) > Max {
		return 0, ErrRange
	}
	return Fen(n), nil
}

// String writes the amount with two decimals: 3000.00, -0.05.
func (f Fen) String() string {
	sign, n := "", uint64(f)
	if f < 0 {
		sign, n = "-", uint64(-f)
	}
	cents := strconv.FormatUint(n%100, 10)
	if len(cents) == 1 {
		cents = "0" + cents
	}
	return sign + strconv.FormatUint(n/100, 10) + "." + cents
}

// Yuan is the amount as a person reads it: ¥50,000.00.
func (f Fen) Yuan() string {
	text := f.String()
	sign := ""
	if text[0] == '-' {
		sign, text = "-", text[1:]
	}
	whole := len(text) - 3 // the point and two places
	out := text[whole:]
	for whole > 3 {
		out = "," + text[whole-3:whole] + out
		whole -= 3
	}
	return sign + "¥" + text[:whole] + out
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

package sandboxbank

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// business is one act of the core: how it is served and what a step-up for it
// binds. Each kind of business registers its own in its own file.
type business struct {
	operation, summary string
	// level is the lowest level a step-up for it may have; empty for any.
	level string
	// bound are the arguments that a step-up binds, each a string that is not
	// empty; amounts (a name that is or ends in amount) in their one spelling.
	bound []string
	// secrets are what its secure box asks for besides the factors.
	secrets []SecureField
	// phone is the bound argument that is the number the code goes to; empty for
	// the number on record.
	phone string
	// subject is what the text message says the code is for. It refuses what is
	// not the customer's.
	subject func(ctx context.Context, tx pgx.Tx, customer customerRow, bound map[string]string) (string, error)
}

// ofCustomer is every request that names its customer.
type ofCustomer interface{ customerNumber() string }

func (in CustomerIn) customerNumber() string { return in.Customer }

// numbered is an answer that has a number customers can name.
type numbered interface{ number() string }

func (r Receipt) number() string  { return r.Number }
func (c CardLoss) number() string { return c.Number }
func (p PINReset) number() string { return p.Number }

func numberOf(answer any) string {
	if n, ok := answer.(numbered); ok {
		return n.number()
	}
	return ""
}

// boundArgs picks what a step-up binds of an act's arguments. A missing or
// malformed one is a 400 that names it.
func (b *Bank) boundArgs(operation string, args map[string]json.RawMessage) (business, map[string]string, error) {
	bs, ok := b.businesses[operation]
	if !ok || bs.subject == nil {
		return business{}, nil, badField("operation", operation, fmt.Errorf("is no act with a step-up"))
	}
	out := map[string]string{}
	for _, name := range bs.bound {
		var s string
		if err := json.Unmarshal(args[name], &s); err != nil || s == "" {
			return business{}, nil, badField("args."+name, string(args[name]), fmt.Errorf("must be a string that is not empty"))
		}
		if isAmount(name) {
			n, err := fen.Parse(s)
			if err != nil {
				return business{}, nil, badField("args."+name, s, err)
			}
			s = n.String()
		}
		out[name] = s
	}
	return bs, out, nil
}

func isAmount(name string) bool { return strings.HasSuffix(name, "amount") }

// served registers an act; two of one name are a mistake in the program.
func (b *Bank) served(bs business) {
	if _, twice := b.businesses[bs.operation]; twice {
		panic("sandboxbank: " + bs.operation + " is registered twice")
	}
	b.businesses[bs.operation] = bs
}

// aspects are the kinds of business, each served from its own files.
func aspects() []func(*Bank, huma.API) {
	return []func(*Bank, huma.API){
		(*Bank).coreRoutes,
		(*Bank).mandateRoutes, (*Bank).accountRoutes, (*Bank).cardRoutes, (*Bank).paymentRoutes, (*Bank).depositRoutes, (*Bank).loanRoutes,
		(*Bank).wealthRoutes, (*Bank).safetyRoutes, (*Bank).riskRoutes, (*Bank).documentRoutes, (*Bank).profileRoutes, (*Bank).specialRoutes, (*Bank).caseRoutes, (*Bank).identityRoutes,
		(*Bank).assistedRoutes, (*Bank).assistedWealthRoutes, (*Bank).assistedLoanRoutes,
		(*Bank).assistedCaseRoutes, (*Bank).assistedFamilyRoutes,
	}
}

package main

import (
	"fmt"

	"github.com/pingdui/pingdui/assistant/flow"
)

type schemaCommand struct {
	Of string `arg:"" enum:"flow" help:"Which file: flow."`
}

// Run prints the JSON Schema, made from the types that read the files.
func (c schemaCommand) Run(s *session) error {
	text, err := flow.Schema()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, string(text))
	return err
}

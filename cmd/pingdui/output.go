package main

import (
	"encoding/json"
	"fmt"
	"io"
)

// printJSON prints one object on a line of its own.
func printJSON(w io.Writer, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s\n", raw)
	return err
}

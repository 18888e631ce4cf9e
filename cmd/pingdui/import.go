package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pingdui/pingdui/internal/httpapi/console"
)

type importCommand struct {
	File  string `arg:"" type:"existingfile" help:"A CSV, XLSX, Markdown or HTML file with questions and answers."`
	Group string `help:"The group the articles go to." default:"imported"`
	As    string `help:"The editor whose drafts they become." default:"E01"`
	URL   string `name:"url" help:"The running server." default:"http://127.0.0.1:8080"`
	Dry   bool   `help:"Only report what would be imported."`
	JSON  bool   `name:"json" help:"Print one JSON object."`
}

const importWithin = 5 * time.Minute

// Run sends the file to a running server, where it becomes drafts of an editor:
// nothing is live before a second person has approved it.
func (c importCommand) Run(s *session) error {
	content, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("read the file: %w", err)
	}
	ctx, cancel := context.WithTimeout(s.ctx, importWithin)
	defer cancel()
	api := newClient(c.URL)
	if _, err := api.signIn(ctx, c.As); err != nil {
		return err
	}
	query := url.Values{"name": {filepath.Base(c.File)}, "group": {c.Group}, "commit": {fmt.Sprint(!c.Dry)}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, api.base+"/api/v1/console/import?"+query.Encode(), bytes.NewReader(content))
	if err != nil {
		return fmt.Errorf("%s is not an address: %w", api.base, err)
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("Authorization", "Bearer "+api.token)
	answer, err := api.http.Do(req)
	if err != nil {
		return fmt.Errorf("no server answers at %s: %w", api.base, err)
	}
	defer answer.Body.Close() //nolint:errcheck // it was read
	raw, err := io.ReadAll(io.LimitReader(answer.Body, 32<<20))
	if err != nil {
		return fmt.Errorf("read the report: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		var problem struct {
			Message string   `json:"message"`
			Details []string `json:"details"`
		}
		if json.Unmarshal(raw, &problem) == nil && problem.Message != "" {
			return errors.New(problem.Message)
		}
		return fmt.Errorf("the server answered %s", answer.Status)
	}
	var report console.ImportResult
	if err := json.Unmarshal(raw, &report); err != nil {
		return fmt.Errorf("the report can't be read: %w", err)
	}
	if c.JSON {
		return printJSON(s.out, report)
	}
	for _, bad := range report.Problems {
		_, _ = fmt.Fprintf(s.out, "%s\n", bad.Error())
	}
	_, err = fmt.Fprintf(s.out, "%d articles read, %d saved as drafts of %s, %d lines left out\n", report.Imported, report.Saved, c.As, len(report.Problems))
	return err
}

// Package llm talks to an OpenAI-compatible endpoint: streamed answers and
// embeddings. It is used only where an endpoint is configured; what is sent has
// been masked by the caller.
package llm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"time"

	"github.com/sashabaranov/go-openai"
)

// Config names the endpoint. An empty BaseURL means that there is none.
type Config struct {
	BaseURL string // up to and with /v1
	Key     string
	// Model answers; EmbeddingModel makes vectors; either may be empty.
	Model, EmbeddingModel string
	// Timeout bounds one call of an embedding; 0 means 10 s. Answers are bounded
	// by their caller.
	Timeout time.Duration
	// MaxTokens bounds an answer; 0 means 600.
	MaxTokens int
}

// Client is one endpoint. It is safe for concurrent use.
type Client struct {
	config Config
	api    *openai.Client
}

// ErrNone is returned by New when no endpoint is configured.
var ErrNone = errors.New("no model endpoint is configured")

// New makes a client; nothing is called yet.
func New(c Config) (*Client, error) {
	if c.BaseURL == "" {
		return nil, ErrNone
	}
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if c.MaxTokens == 0 {
		c.MaxTokens = 600
	}
	o := openai.DefaultConfig(c.Key)
	o.BaseURL = c.BaseURL
	o.HTTPClient = &http.Client{
		// An endpoint that redirects would send the key elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &Client{config: c, api: openai.NewClientWithConfig(o)}, nil
}

// Stream asks for an answer and gives it on as it comes. It returns nil only
// when the model has finished by itself; an error of token ends the stream.
func (c *Client) Stream(ctx context.Context, system, user string, token func(string) error) error {
	stream, err := c.api.CreateChatCompletionStream(ctx, openai.ChatCompletionRequest{
		Model: c.config.Model, MaxTokens: c.config.MaxTokens, Stream: true, //nolint:staticcheck // older compatible servers know only max_tokens
		// 0 would not be sent.
		Temperature: math.SmallestNonzeroFloat32,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: system}, {Role: openai.ChatMessageRoleUser, Content: user},
		},
	})
	if err != nil {
		return fmt.Errorf("ask the model: %w", err)
	}
	defer stream.Close() //nolint:errcheck // read to the end or given up
	finished := false
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			if !finished {
				return errors.New("the model's answer was cut off")
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the model's answer: %w", err)
		}
		for _, choice := range part.Choices {
			if choice.Delta.Content != "" {
				if err := token(choice.Delta.Content); err != nil {
					return err
				}
			}
			if choice.FinishReason == openai.FinishReasonStop {
				finished = true
			}
		}
	}
}

// dimensions is the length of the vectors that are asked for.
const dimensions = 256

// batch is how many texts are embedded in one call.
const batch = 64

// ID names the embedding model; vectors of different IDs don't compare.
func (c *Client) ID() string { return "openai:" + c.config.EmbeddingModel }

// Embed makes vectors of 256 dimensions. An endpoint that gives longer ones is
// cut to the first 256 and brought back to length 1, which is right for models
// trained to be shortened and the only ones that should be configured.
func (c *Client) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, 0, len(texts))
	for from := 0; from < len(texts); from += batch {
		part := texts[from:min(len(texts), from+batch)]
		vectors, err := c.embed(ctx, part)
		if err != nil {
			return nil, err
		}
		out = append(out, vectors...)
	}
	return out, nil
}

func (c *Client) embed(ctx context.Context, texts []string) ([][]float32, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	answer, err := c.api.CreateEmbeddings(ctx, openai.EmbeddingRequestStrings{Input: texts, Model: openai.EmbeddingModel(c.config.EmbeddingModel), Dimensions: dimensions})
	if err != nil {
		return nil, fmt.Errorf("ask for vectors: %w", err)
	}
	out := make([][]float32, len(texts))
	for _, d := range answer.Data {
		if d.Index < 0 || d.Index >= len(out) || len(d.Embedding) < dimensions {
			return nil, fmt.Errorf("the endpoint gave vector %d of %d dimensions; %d are needed", d.Index, len(d.Embedding), dimensions)
		}
		out[d.Index] = shorten(d.Embedding)
	}
	for i := range out {
		if out[i] == nil {
			return nil, fmt.Errorf("the endpoint gave no vector for text %d of %d", i+1, len(texts))
		}
	}
	return out, nil
}

func shorten(v []float32) []float32 {
	v = v[:dimensions]
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		return v
	}
	out := make([]float32, dimensions)
	for i, x := range v {
		out[i] = float32(float64(x) / math.Sqrt(sum))
	}
	return out
}

package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/oauth2"

	"github.com/implycheck/implycheck/preflight/facts"
)

// gcs is a conversation with a bucket of Google, over the JSON API of the store: the
// whole client would be twice the rest of this program.
type gcs struct {
	q      facts.Store
	token  *oauth2.Token
	bucket *facts.Bucket
}

// gcsRights are the permissions of who keeps segments.
var gcsRights = []string{"storage.objects.create", "storage.objects.delete", "storage.objects.get", "storage.objects.list"}

// askGCS looks at what is below the prefix, and asks for the rights. The bucket itself
// it does not ask for: many who may use objects may not see their bucket.
func askGCS(ctx context.Context, q facts.Store) (*facts.Bucket, error) {
	c, err := googleCredentials(ctx)
	if err != nil {
		return nil, err
	}
	keep(ctx, c.token.AccessToken)
	g := &gcs{q: q, token: c.token, bucket: &facts.Bucket{Credentials: c.from, Type: c.kind}}
	list := url.Values{"maxResults": {"1"}, "prefix": {q.Prefix}, "fields": {"items(name)"}}
	answer, err := g.send(ctx, http.MethodGet, "", "o", list, nil)
	if err != nil {
		return nil, err
	}
	g.bucket.List, g.bucket.Code, g.bucket.Message = answer.status, answer.code(), answer.Error.Message
	if answer.status != http.StatusNotFound {
		g.rights(ctx)
	}
	if q.Probe && answer.status == http.StatusOK {
		writeObject(ctx, q, g.bucket, g.do)
	}
	return g.bucket, nil
}

// rights asks which permissions are lacking, which everybody may ask of himself.
func (g *gcs) rights(ctx context.Context) {
	answer, err := g.send(ctx, http.MethodGet, "", "iam/testPermissions", url.Values{"permissions": gcsRights}, nil)
	switch {
	case err != nil:
		g.bucket.RightsError = err.Error()
	case answer.status != http.StatusOK:
		g.bucket.RightsError = answer.reason()
	}
	for _, right := range gcsRights {
		if g.bucket.RightsError == "" && !slices.Contains(answer.Permissions, right) {
			g.bucket.Lacks = append(g.bucket.Lacks, right)
		}
	}
}

// do asks for an object.
func (g *gcs) do(ctx context.Context, method, key string, body []byte) error {
	above, path, query := "", "o/"+url.PathEscape(key), url.Values{}
	switch method {
	case http.MethodPut:
		method, above, path, query = http.MethodPost, "/upload", "o", url.Values{"uploadType": {"media"}, "name": {key}}
	case http.MethodGet:
		query.Set("alt", "media")
	}
	answer, err := g.send(ctx, method, above, path, query, body)
	if err == nil && answer.status/100 != 2 {
		err = rejected{answer.reason()}
	}
	return err
}

// gcsAnswer is what comes back.
type gcsAnswer struct {
	status int
	Error  struct {
		Message string
		Errors  []struct{ Reason string }
	}
	Permissions []string
}

func (a *gcsAnswer) code() string {
	if len(a.Error.Errors) > 0 {
		return a.Error.Errors[0].Reason
	}
	return ""
}

func (a *gcsAnswer) reason() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s %s", a.status, a.code(), a.Error.Message))
}

func (g *gcs) send(ctx context.Context, method, above, path string, query url.Values, body []byte) (*gcsAnswer, error) {
	at := g.q.Endpoint + above + "/storage/v1/b/" + url.PathEscape(g.q.Bucket) + "/" + path + "?" + query.Encode()
	request, err := http.NewRequestWithContext(ctx, method, at, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	g.token.SetAuthHeader(request)
	response, err := client().Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	a := &gcsAnswer{status: response.StatusCode}
	text, _ := io.ReadAll(response.Body)
	_ = json.Unmarshal(text, a) // an object is none
	return a, nil
}

package probe

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"

	"github.com/implycheck/implycheck/preflight/facts"
)

// azure is a conversation with a container, by Azure's own client.
type azure struct {
	q         facts.Store
	container *container.Client
	bucket    *facts.Bucket
}

// azureOptions leave waiting and trying again to whoever asks.
func azureOptions() policy.ClientOptions {
	return policy.ClientOptions{Transport: client(), Retry: policy.RetryOptions{MaxRetries: -1}}
}

// askAzure looks at what is below the prefix, which also says whether the container
// is there: its properties are not for every signature.
func askAzure(ctx context.Context, q facts.Store) (*facts.Bucket, error) {
	a := &azure{q: q, bucket: &facts.Bucket{}}
	if err := a.login(ctx); err != nil {
		return nil, withoutURL(err)
	}
	one := int32(1)
	_, err := a.container.NewListBlobsFlatPager(&container.ListBlobsFlatOptions{MaxResults: &one, Prefix: &q.Prefix}).NextPage(ctx)
	no := refusalOf(err)
	switch {
	case err == nil:
		a.bucket.List = http.StatusOK
	case no == nil:
		return nil, withoutURL(err)
	default:
		a.bucket.List, a.bucket.Code, a.bucket.Message = no.status, no.Code, no.Message
	}
	if q.Probe && a.bucket.List == http.StatusOK {
		writeObject(ctx, q, a.bucket, a.do)
		a.ensure(ctx)
	}
	return a.bucket, nil
}

// login makes the client of a container with the account's key, a signature or a
// token.
func (a *azure) login(ctx context.Context) (err error) {
	o := &container.ClientOptions{ClientOptions: azureOptions()}
	at, secret := a.q.Endpoint+"/"+a.q.Bucket, reveal(a.q.Secret)+reveal(a.q.Signature) // of which there is one
	switch {
	case (a.q.Secret.Known() || a.q.Signature.Known()) && secret == "":
		return errUnsupported{"the variable " + a.q.Secret.Variable + a.q.Signature.Variable + " is not set here"}
	case a.q.Secret.Known():
		a.bucket.Credentials = "the account's key"
		key, err := container.NewSharedKeyCredential(a.q.Account, secret)
		if err != nil {
			return rejected{"the account's key is not base64"}
		}
		a.container, err = container.NewClientWithSharedKeyCredential(at, key, o)
		return err
	case a.q.Signature.Known():
		a.bucket.Credentials = "the shared access signature"
		signature := strings.TrimPrefix(secret, "?")
		a.bucket.Signature = readSignature(signature)
		a.container, err = container.NewClientWithNoCredential(at+"?"+signature, o)
		return err
	}
	token, from, err := azureToken(ctx, a.q.ClientID)
	if err != nil {
		return err
	}
	a.bucket.Credentials = from
	o.InsecureAllowCredentialWithHTTP = true // where it may go the question says
	a.container, err = container.NewClient(at, token, o)
	return err
}

// ensure asks for the container as who writes into it does: to be made, or for its
// properties. It is there, so nothing is made.
func (a *azure) ensure(ctx context.Context) {
	if a.bucket.WriteError != "" {
		return
	}
	what := "look at the container " + a.q.Bucket
	_, err := a.container.GetProperties(ctx, nil)
	if a.q.Create {
		what = "make the container " + a.q.Bucket + " if it is not there"
		_, err = a.container.Create(ctx, nil)
	}
	if no := refusalOf(err); no != nil && no.status != http.StatusConflict {
		a.bucket.WriteError = what + ": " + no.reason()
	}
}

// do asks for a blob.
func (a *azure) do(ctx context.Context, method, key string, body []byte) error {
	blob := a.container.NewBlockBlobClient(key)
	var err error
	switch method {
	case http.MethodPut:
		_, err = blob.Upload(ctx, streaming.NopCloser(bytes.NewReader(body)), nil)
	case http.MethodDelete:
		_, err = blob.Delete(ctx, nil)
	default:
		if got, e := blob.DownloadStream(ctx, nil); e != nil {
			err = e
		} else {
			err = got.Body.Close()
		}
	}
	if no := refusalOf(err); no != nil {
		return rejected{no.reason()}
	}
	return withoutURL(err)
}

// refusal is what a store says of a mistake.
type refusal struct {
	status        int
	Code, Message string
}

func (r *refusal) reason() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s %s", r.status, r.Code, r.Message))
}

// refusalOf is nil where it was no answer of the store that failed.
func refusalOf(err error) *refusal {
	var answer *azcore.ResponseError
	if !errors.As(err, &answer) {
		return nil
	}
	var said struct{ Message, AuthenticationErrorDetail string }
	if text, err := runtime.Payload(answer.RawResponse); err == nil {
		_ = xml.Unmarshal(text, &said)
	}
	message, _, _ := strings.Cut(said.Message, "\n") // the rest is the number of the request
	if detail, _, _ := strings.Cut(said.AuthenticationErrorDetail, "\n"); detail != "" && !strings.Contains(detail, "MAC signature") {
		message = strings.TrimSpace(message + " " + detail)
	}
	return &refusal{answer.StatusCode, answer.ErrorCode, message}
}

// withoutURL is the reason of a failed request: in its URL there may be a signature.
func withoutURL(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// readSignature reads what a shared access signature says of itself.
func readSignature(text string) *facts.Signature {
	fields, _ := url.ParseQuery(text)
	return &facts.Signature{
		Permissions: fields.Get("sp"), Services: fields.Get("ss"), Types: fields.Get("srt"), Resource: fields.Get("sr"), Policy: fields.Get("si"),
		Starts: signatureTime(fields.Get("st")), Expires: signatureTime(fields.Get("se")),
	}
}

// signatureTime reads the forms of ISO 8601 that Azure takes.
func signatureTime(text string) int64 {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04Z", time.DateOnly} {
		if at, err := time.Parse(form, text); err == nil {
			return at.Unix()
		}
	}
	return 0
}

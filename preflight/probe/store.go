package probe

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/implycheck/implycheck/preflight/facts"
)

// store asks an object store for a bucket.
func store(ctx context.Context, q facts.Store) (*facts.Bucket, error) {
	ask, ok := map[string]func(context.Context, facts.Store) (*facts.Bucket, error){"s3": askS3, "azure": askAzure, "gcs": askGCS}[q.Kind]
	if !ok {
		return nil, errUnsupported{"no client for " + q.Kind}
	}
	return ask(ctx, q)
}

func askS3(ctx context.Context, q facts.Store) (*facts.Bucket, error) {
	c, err := credentials(ctx, q)
	if err != nil {
		return nil, err
	}
	keep(ctx, c.aws.SecretAccessKey, c.aws.SessionToken)
	s := &s3{q: q, credentials: c.aws, bucket: &facts.Bucket{Credentials: c.from}}
	if s.q.Region == "" {
		s.q.Region = "us-east-1"
	}
	return s.bucket, s.ask(ctx)
}

// s3 is a conversation with a bucket. Requests are signed by Amazon's own signer;
// the whole client would be ten times the rest of this program.
type s3 struct {
	q           facts.Store
	credentials aws.Credentials
	bucket      *facts.Bucket
}

// ask looks at the bucket, and at what is below the prefix. A bucket of another
// region says so, and is asked there.
func (s *s3) ask(ctx context.Context) error {
	answer, err := s.send(ctx, http.MethodHead, "", nil, nil)
	if err != nil {
		return err
	}
	s.bucket.Head, s.bucket.Region = answer.status, answer.header.Get("X-Amz-Bucket-Region")
	if at, err := dateOffset(answer.header, answer.before, answer.after); err == nil {
		s.bucket.OffsetMS = at.MS
	}
	list := url.Values{"list-type": {"2"}, "max-keys": {"1"}, "prefix": {s.q.Prefix}}
	if answer, err = s.send(ctx, http.MethodGet, "", list, nil); err != nil {
		return err
	}
	if answer.status == http.StatusOK && answer.XMLName.Local != "ListBucketResult" { // the console of a store, say, or a page to log in
		return errUnsupported{"what answers there with 200 is not S3: it does not list a bucket"}
	}
	s.bucket.List, s.bucket.Code, s.bucket.Message = answer.status, answer.Code, answer.Message
	if s.bucket.Region == "" {
		s.bucket.Region = answer.Region
	}
	if s.q.Probe && answer.status == http.StatusOK {
		writeObject(ctx, s.q, s.bucket, s.do)
	}
	return nil
}

// do asks for an object.
func (s *s3) do(ctx context.Context, method, key string, body []byte) error {
	answer, err := s.send(ctx, method, key, nil, body)
	if err == nil && answer.status/100 != 2 {
		err = rejected{answer.reason()}
	}
	return err
}

// s3Answer is what comes back; of a mistake S3 says what it is in XML.
type s3Answer struct {
	status        int
	header        http.Header
	before, after time.Time
	XMLName       xml.Name
	Code          string
	Message       string
	Region        string
}

func (a *s3Answer) reason() string {
	if a.Code != "" {
		return fmt.Sprintf("%d %s: %s", a.status, a.Code, a.Message)
	}
	return fmt.Sprintf("%d %s", a.status, http.StatusText(a.status))
}

func (s *s3) send(ctx context.Context, method, key string, query url.Values, body []byte) (*s3Answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, s.url(key, query), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	request.Header.Set("X-Amz-Content-Sha256", hash)
	if method == http.MethodPut && s.q.Encryption != "" {
		request.Header.Set("X-Amz-Server-Side-Encryption", s.q.Encryption)
		if s.q.KeyID != "" {
			request.Header.Set("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", s.q.KeyID)
		}
	}
	a := &s3Answer{before: time.Now()}
	sign := func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }
	if err := v4.NewSigner().SignHTTP(ctx, s.credentials, request, hash, "s3", s.q.Region, a.before, sign); err != nil {
		return nil, err
	}
	response, err := client().Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	a.status, a.header, a.after = response.StatusCode, response.Header, time.Now()
	text, _ := io.ReadAll(response.Body)
	_ = xml.Unmarshal(text, a) // an object is none
	return a, nil
}

// url is that of the bucket, or of an object in it.
func (s *s3) url(key string, query url.Values) string {
	endpoint := s.q.Endpoint
	if endpoint == "" {
		endpoint = "https://s3." + s.q.Region + ".amazonaws.com"
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		u = &url.URL{Scheme: "https", Host: endpoint}
	}
	path := "/"
	if s.q.PathStyle {
		path += s.q.Bucket + "/"
	} else {
		u.Host = s.q.Bucket + "." + u.Host
	}
	u.Path, u.RawQuery = path+key, query.Encode()
	return u.String()
}

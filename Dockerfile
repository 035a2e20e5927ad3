# docker build -t implycheck . && docker run --rm -v "$PWD:/conf:ro" implycheck lint .
# Renovate adds the digest (renovate.json): a tag can be moved.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /implycheck ./cmd/implycheck && \
    CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /implycheck-preflight ./cmd/implycheck-preflight

# Nothing but the two programs and the certificates of the authorities that TLS asks
# for, and nobody's rights.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /implycheck /implycheck-preflight /
COPY LICENSE NOTICE /
USER 65532:65532
WORKDIR /conf
ENTRYPOINT ["/implycheck"]
CMD ["lint", "."]

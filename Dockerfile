# The image holds one static binary and nothing else: no shell, no package
# manager, no root. Built web files are in the repository, so Go is all it needs.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/tonegate . && mkdir -p /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/tonegate /tonegate
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
EXPOSE 8080/tcp 5004/udp
VOLUME /data
# A proxy in front terminates TLS; give --tls-cert and --tls-key instead of
# --behind-proxy to terminate it here.
ENV TONEGATE_LISTEN=0.0.0.0:8080 TONEGATE_DATA=/data
HEALTHCHECK --interval=10s --timeout=5s CMD ["/tonegate", "healthcheck"]
ENTRYPOINT ["/tonegate"]
CMD ["serve", "--behind-proxy"]

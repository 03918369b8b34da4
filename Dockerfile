# The image of donnatop: one static binary and nothing else. Time zones and
# certificates are built in. `make image` builds the binary first.
FROM scratch
COPY donnatop /donnatop
# nobody in particular; compose.yaml takes the user who may read Donna's database
USER 65532:65532
ENTRYPOINT ["/donnatop"]

namespace CoAgent.EndToEnd.Tests.Support;

/// <summary>
/// A server of a few lines of shell that nobody ships a manifest for: <c>put</c> writes a file, <c>look</c> reads one. It describes
/// <c>put</c> as a file of the test says, so that a test can change that.
/// </summary>
internal static class MakerServer
{
    private const string Script =
        """
        value() { printf '%s' "$line" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
        while IFS= read -r line; do
          id=${line#*\"id\":}; id=${id%%,*}; id=${id%\}}
          case "$line" in
            *'"method":"initialize"'*)
              printf '{"jsonrpc":"2.0","id":%s,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"maker-server","version":"1"}}}\n' "$id" ;;
            *'"method":"tools/list"'*)
              printf '{"jsonrpc":"2.0","id":%s,"result":{"tools":[{"name":"put","description":"%s","inputSchema":{"type":"object","properties":{"path":{"type":"string"},"content":{"type":"string"}}}},{"name":"look","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true}}]}}\n' "$id" "$(cat "$1")" ;;
            *'"name":"put"'*)
              if [ -p "$(value path).hold" ]; then read -r _ < "$(value path).hold"; fi
              printf '%s' "$(value content)" > "$(value path)"
              printf '{"jsonrpc":"2.0","id":%s,"result":{"content":[{"type":"text","text":"put"}]}}\n' "$id" ;;
            *'"name":"look"'*)
              printf '{"jsonrpc":"2.0","id":%s,"result":{"content":[{"type":"text","text":"%s"}]}}\n' "$id" "$(cat "$(value path)")" ;;
            *'"id":'*)
              printf '{"jsonrpc":"2.0","id":%s,"result":{}}\n' "$id" ;;
          esac
        done
        """;

    /// <summary>A manifest of <c>put</c> by which it is taken back.</summary>
    public const string PutManifest =
        """
        tool: put
        description: Writes a file.
        effect: write
        write: blind
        footprint:
          writes: [ "mcp:maker/files/{path}" ]
        prepare:
          - run: [cat, "{path}"]
            save: before
        reverse:
          steps:
            - script: printf %s "$BEFORE" > "$TARGET"
              environment: { BEFORE: "{before}", TARGET: "{path}" }
        cannot: It cannot take back the creation of a file.
        examples:
          - name: a file that is there
            arguments: { path: a.txt, content: two }

        """;

    /// <summary>A workspace with the server, under the name <c>maker</c>.</summary>
    /// <param name="unknownTools">How unknown tools are taken.</param>
    public static TestWorkspace Workspace(string unknownTools = "hints")
    {
        var workspace = TestWorkspace.Empty();
        workspace.Write("maker.sh", Script);
        Describe(workspace, "Writes a file.");
        workspace.Configure(
            $$$$"""{"unknownTools":"{{{{unknownTools}}}}","disconnectGrace":"01:00:00","servers":{"maker":{"profile":"maker"}}}""",
            [("maker", TestWorkspace.Entry("sh", workspace.PathOf("maker.sh"), workspace.PathOf("description.txt")))]);
        return workspace;
    }

    /// <summary>What the server says of <c>put</c> from now on.</summary>
    public static void Describe(TestWorkspace workspace, string description) => workspace.Write("description.txt", description);
}

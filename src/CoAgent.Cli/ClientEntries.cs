using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Proxy.Workspaces;

namespace CoAgent.Cli;

/// <summary>What a person puts into an MCP client's configuration to reach a daemon.</summary>
internal sealed class ClientEntries(Uri url, WorkspaceFolder workspace, string? token)
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
    };

    public string ToText() =>
        new StringBuilder()
            .AppendLine($"CoAgent serves {workspace.Root}")
            .AppendLine($"  URL    {url}   (or {url}/AGENT to name the agent)")
            .AppendLine(token is null ? "  token  none is asked for" : $"  token  {workspace.TokenFile}")
            .AppendLine()
            .AppendLine("Put one of these into your MCP client's configuration:")
            .AppendLine()
            .AppendLine(Entry(Stdio()))
            .AppendLine()
            .Append(Entry(Http()))
            .ToString();

    public string ToJson() => new JsonObject
    {
        ["url"] = url.ToString(),
        ["workspace"] = workspace.Root,
        ["tokenFile"] = token is null ? null : workspace.TokenFile,
        ["stdio"] = Stdio(),
        ["http"] = Http(),
    }.ToJsonString(Readable);

    private static string Entry(JsonObject server) =>
        new JsonObject { ["mcpServers"] = new JsonObject { ["coagent"] = server } }.ToJsonString(Readable);

    private JsonObject Stdio()
    {
        var (command, arguments) = OwnProgram.CommandLine();
        var all = new JsonArray([.. arguments.Select(static argument => (JsonNode)argument), "connect", "--workspace", workspace.Root]);
        return new JsonObject { ["command"] = command, ["args"] = all };
    }

    private JsonObject Http()
    {
        var entry = new JsonObject { ["type"] = "http", ["url"] = url.ToString() };
        if (token is not null)
        {
            entry["headers"] = new JsonObject { ["Authorization"] = $"Bearer {token}" };
        }

        return entry;
    }
}

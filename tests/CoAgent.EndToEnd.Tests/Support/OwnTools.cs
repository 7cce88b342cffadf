using System.Text.Json;
using System.Text.RegularExpressions;

namespace CoAgent.EndToEnd.Tests.Support;

/// <summary>CoAgent's own tools in the lists that clients get, for tests of what servers offer.</summary>
internal static partial class OwnTools
{
    /// <summary>The tools of the servers.</summary>
    public static IEnumerable<JsonElement> ToolsOfServers(this RawMessage answer) => answer.Result.GetProperty("tools").EnumerateArray()
        .Where(tool => !tool.GetProperty("name").GetString()!.StartsWith("coagent_", StringComparison.Ordinal));

    /// <summary>A message without them; every other byte stays.</summary>
    public static string Without(string message) => Definitions().Replace(message, "");

    [GeneratedRegex(""",?\{"name":"coagent_status".*?"required":\["request"\]\}\}""")]
    private static partial Regex Definitions();
}

using CoAgent.Proxy.Processes;

namespace CoAgent.Proxy.Downstream;

/// <summary>Tells callers how a child ended.</summary>
internal static class ChildEndings
{
    private const int LineCharsMax = 400;
    private const int LinesMax = 5;

    /// <summary>One sentence, with the last lines that the child wrote to its log, which mostly hold the reason.</summary>
    public static string Describe(string server, ChildExit exit)
    {
        var lines = exit.LastErrorLines.TakeLast(LinesMax)
            .Select(static line => line.Length <= LineCharsMax ? line : line[..LineCharsMax] + "…");
        var said = string.Join('\n', lines);
        return said.Length == 0
            ? $"The server '{server}' {exit.Describe()}."
            : $"The server '{server}' {exit.Describe()}. Its last words:\n{said}";
    }
}

namespace CoAgent.Proxy.Configuration;

/// <summary>One thing that is wrong in a configuration file, with the place and what to do about it.</summary>
/// <remarks>Never carries a value that may be a secret: messages name keys and variables, not what they hold.</remarks>
/// <param name="File">The file's full path.</param>
/// <param name="Key">The member, such as <c>mcpServers.files.args[2]</c>; empty for the file as a whole.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Line">The line, counted from 1, where one is known.</param>
public sealed record Fault(string File, string Key, string Message, int? Line = null)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var place = Line is { } line ? $"{File}:{line}" : File;
        return Key.Length == 0 ? $"{place}: {Message}" : $"{place}: {Key}: {Message}";
    }
}

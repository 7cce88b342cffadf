using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using CoAgent.Workspace.Captures;

namespace CoAgent.Workspace.Foreign;

/// <summary>What edits will leave of a file, where every edit finds its text as it is written.</summary>
/// <remarks>Where one does not, the server matches line by line and sets indentation on its own: nobody but it can tell what comes of it.</remarks>
internal static class FileToolEdit
{
    /// <summary>What it will leave.</summary>
    /// <param name="absolute">The file.</param>
    /// <param name="edits">Each with <c>oldText</c> and <c>newText</c>; line ends become line feeds, in the file too.</param>
    /// <param name="isInSteps">Whether it is written in place: a call that was cut off may have left less.</param>
    internal static Expectation Foresee(string absolute, JsonElement edits, bool isInSteps)
    {
        try
        {
            var bytes = File.ReadAllBytes(absolute);
            return Utf8.IsValid(bytes) && Apply(Encoding.UTF8.GetString(bytes), edits) is { } edited
                ? Expectation.FileOf.Bytes(Encoding.UTF8.GetBytes(edited), isInSteps)
                : new Expectation.Anything();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidOperationException or KeyNotFoundException)
        {
            // It cannot be read now, or the arguments are not what the tool takes: it will fail, or be refused.
            return new Expectation.Anything();
        }
    }

    private static string? Apply(string text, JsonElement edits)
    {
        var edited = LineFeeds(text);
        foreach (var edit in edits.EnumerateArray())
        {
            var sought = LineFeeds(edit.GetProperty("oldText").GetString()!);
            var at = edited.IndexOf(sought, StringComparison.Ordinal);
            if (at < 0)
            {
                return null;
            }

            edited = string.Concat(edited.AsSpan(0, at), LineFeeds(edit.GetProperty("newText").GetString()!), edited.AsSpan(at + sought.Length));
        }

        return edited;
    }

    private static string LineFeeds(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);
}

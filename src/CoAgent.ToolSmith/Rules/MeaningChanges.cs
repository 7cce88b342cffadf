using System.Collections.Immutable;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Shell.Inventory;

namespace CoAgent.ToolSmith.Rules;

/// <summary>Variables that make programs do something else than their words say.</summary>
/// <remarks>Those of the environment that a line is started with are taken to be set by the user, for all lines alike.</remarks>
internal static class MeaningChanges
{
    private static readonly ImmutableArray<string> s_names =
    [
        "PATH", "ENV", "HOME", "CDPATH", "TMPDIR", "POSIXLY_CORRECT", "GZIP", "BZIP", "BZIP2", "ZIPOPT", "UNZIP", "AWKPATH",
        "AWKLIBPATH", "KUBECONFIG", "RIPGREP_CONFIG_PATH", "WGETRC", "CURL_HOME", "LESSOPEN", "PAGER", "EDITOR", "VISUAL",
    ];

    private static readonly ImmutableArray<string> s_beginnings = ["LD_", "BASH_", "GIT_", "TAR_", "XZ_", "XDG_", "PG", "SQLITE_"];

    private static readonly ImmutableArray<string> s_harmless =
        ["GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_TERMINAL_PROMPT", "GIT_OPTIONAL_LOCKS", "PGPASSWORD", "PGCONNECT_TIMEOUT"];

    /// <summary>Why the line's commands may not mean what they usually mean; null: they do.</summary>
    internal static string? Find(ShellLine line)
    {
        var text = line.Text;
        for (var at = 0; at < text.Length; at++)
        {
            if (!IsNameStart(text[at]))
            {
                continue;
            }

            var start = at;
            while (at < text.Length && (IsNameStart(text[at]) || char.IsAsciiDigit(text[at])))
            {
                at++;
            }

            if (at < text.Length && text[at] is '=' or '+' && (start == 0 || text[start - 1] is not ('$' or '{' or '-'))
                && Changes(text.AsSpan(start, at - start)) && !IsBeforeCommand(text, start))
            {
                return $"{text[start..at]} changes what commands do";
            }
        }

        return null;
    }

    /// <summary>The same for variables that one command alone gets.</summary>
    internal static string? Find(ImmutableArray<KnownAssignment> assignments)
    {
        foreach (var assignment in assignments)
        {
            if (Changes(assignment.Name) && assignment is not { Name: "GIT_PAGER" or "PAGER", Value: Shell.Evaluation.FieldValue.Text { Value: "cat" or "" } })
            {
                return $"{assignment.Name} changes what the command does";
            }
        }

        return null;
    }

    // An assignment at the line's beginning is looked at with its command, where it has one.
    private static bool IsBeforeCommand(string text, int start) => start == 0 && text.AsSpan().IndexOf(' ') > 0 && text.AsSpan().IndexOfAny(";\n&|") < 0;

    private static bool IsNameStart(char character) => char.IsAsciiLetter(character) || character == '_';

    private static bool Changes(ReadOnlySpan<char> name)
    {
        foreach (var harmless in s_harmless)
        {
            if (name.StartsWith(harmless, StringComparison.Ordinal))
            {
                return false;
            }
        }

        foreach (var beginning in s_beginnings)
        {
            if (name.StartsWith(beginning, StringComparison.Ordinal))
            {
                return true;
            }
        }

        foreach (var one in s_names)
        {
            if (name.SequenceEqual(one))
            {
                return true;
            }
        }

        return false;
    }
}

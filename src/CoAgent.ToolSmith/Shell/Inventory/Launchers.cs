using System.Collections.Frozen;
using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Shell.Inventory;

/// <summary>A program that runs the command in its arguments and does nothing else: how its own arguments end.</summary>
/// <remarks>
/// Flags, Values: letters of options without and with a value.
/// LongFlags, LongValues: the same for long options. An option that is not here makes the command opaque.
/// Operands: how many arguments stand before the command.
/// TakesAssignments: <c>NAME=VALUE</c> may stand before it.
/// </remarks>
internal sealed record Launcher(
    string Flags, string Values, ImmutableArray<string> LongFlags, ImmutableArray<string> LongValues, int Operands, bool TakesAssignments)
{
    /// <summary>The command within; empty when there is none; null when the arguments are not understood.</summary>
    /// <remarks>Assignments before it, and the directory of <c>env -C</c>, are put where the caller says.</remarks>
    internal ImmutableArray<FieldValue>? Inner(ImmutableArray<FieldValue> arguments, ICollection<string> options, ICollection<string> assignments)
    {
        var at = 1;
        while (at < arguments.Length && arguments[at] is FieldValue.Text { Value: ['-', _, ..] option })
        {
            at++;
            if (option == "--")
            {
                break;
            }

            options.Add(option);
            var values = ValuesAfter(option);
            if (values < 0 || (values > 0 && (at == arguments.Length || IsList(arguments[at]))))
            {
                return null;
            }

            at += values;
        }

        for (; TakesAssignments && at < arguments.Length && AssignedText(arguments[at]) is { } assigned; at++)
        {
            assignments.Add(assigned);
        }

        // What is not known may be an option, or none or several arguments.
        for (var operand = 0; operand < Operands && at < arguments.Length; operand++, at++)
        {
            if (arguments[at] is not FieldValue.Text)
            {
                return null;
            }
        }

        return at < arguments.Length && arguments[at] is not FieldValue.Text ? null : arguments[Math.Min(at, arguments.Length)..];
    }

    private static bool IsList(FieldValue value) => value is FieldValue.Unknown { IsSingle: false } or FieldValue.Pattern;

    private static string? AssignedText(FieldValue argument) => argument switch
    {
        FieldValue.Text { Value: var text } when text.Contains('=', StringComparison.Ordinal) => text,
        FieldValue.Unknown { IsSingle: true, Prefix: var prefix } when prefix.Contains('=', StringComparison.Ordinal) => prefix.Split('=')[0],
        _ => null,
    };

    /// <summary>How many arguments after an option are its value; -1: the option is not known.</summary>
    private int ValuesAfter(string option)
    {
        if (option.StartsWith("--", StringComparison.Ordinal))
        {
            var name = option[2..].Split('=')[0];
            var hasValue = option.Contains('=', StringComparison.Ordinal);
            return LongValues.Contains(name) ? (hasValue ? 0 : 1) : LongFlags.Contains(name) && !hasValue ? 0 : -1;
        }

        for (var at = 1; at < option.Length; at++)
        {
            if (Values.Contains(option[at], StringComparison.Ordinal))
            {
                return at == option.Length - 1 ? 1 : 0;
            }

            if (!Flags.Contains(option[at], StringComparison.Ordinal))
            {
                return -1;
            }
        }

        return 0;
    }
}

/// <summary>The programs that run others.</summary>
internal static class Launchers
{
    private static readonly FrozenDictionary<string, Launcher> s_all = new Dictionary<string, Launcher>
    {
        ["env"] = new("i0v", "uC", ["ignore-environment", "null", "debug"], ["unset", "chdir"], 0, TakesAssignments: true),
        ["nohup"] = new("", "", [], [], 0, TakesAssignments: false),
        ["timeout"] = new("v", "sk", ["preserve-status", "foreground", "verbose"], ["signal", "kill-after"], 1, TakesAssignments: false),
        ["nice"] = new("0123456789", "n", [], ["adjustment"], 0, TakesAssignments: false),
        ["ionice"] = new("t", "cn", ["ignore"], ["class", "classdata"], 0, TakesAssignments: false),
        ["setsid"] = new("cfw", "", ["ctty", "fork", "wait"], [], 0, TakesAssignments: false),
        ["stdbuf"] = new("", "ioe", [], ["input", "output", "error"], 0, TakesAssignments: false),
        ["time"] = new("pvq", "f", ["portability", "verbose", "quiet"], ["format"], 0, TakesAssignments: false),
        ["sudo"] = new(
            "EHnSkbAPB", "ugpCrtT", ["non-interactive", "preserve-env", "set-home", "stdin", "background"], ["user", "group", "prompt"], 0, TakesAssignments: true),
        ["doas"] = new("n", "u", [], [], 0, TakesAssignments: false),
    }.ToFrozenDictionary();

    /// <summary>The builtins <c>command</c>, <c>builtin</c> and <c>exec</c> stand before commands of the shell itself.</summary>
    internal static Launcher Builtin(string name) => name switch
    {
        "command" => new("p", "", [], [], 0, TakesAssignments: false),
        "exec" => new("cl", "a", [], [], 0, TakesAssignments: false),
        _ => new("", "", [], [], 0, TakesAssignments: false),
    };

    internal static Launcher? Of(string program) => s_all.GetValueOrDefault(program);

    /// <summary>A program's name without the folder where programs usually are.</summary>
    internal static string ProgramName(string name)
    {
        var slash = name.LastIndexOf('/');
        return slash > 0 && name[..slash] is ("/bin" or "/usr/bin" or "/usr/local/bin" or "/sbin" or "/usr/sbin") ? name[(slash + 1)..] : name;
    }
}

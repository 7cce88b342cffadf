using System.Collections.Frozen;

namespace CoAgent.ToolSmith.Shell.Inventory;

/// <summary>The builtins that change what the shell knows, or run something else.</summary>
internal static class ShellBuiltins
{
    private static readonly FrozenSet<string> s_names = FrozenSet.Create(
        StringComparer.Ordinal,
        "cd", "pushd", "popd", "exit", "return", "break", "continue", "logout", "exec", "export", "declare", "typeset", "local", "readonly",
        "unset", "read", "mapfile", "readarray", "printf", "getopts", "let", "wait", "shift", "set", "shopt", "eval", "source", ".", "trap",
        "command", "builtin", "enable", "fc", "alias", "unalias", "hash", "complete", "compgen");

    internal static bool IsOne(string name) => s_names.Contains(name);

    /// <summary>What a name of a variable in an argument is: <c>NAME</c>, <c>NAME[…]</c> or <c>NAME=…</c>; null for anything else.</summary>
    internal static string? VariableName(string argument)
    {
        var length = 0;
        while (length < argument.Length
            && (char.IsAsciiLetter(argument[length]) || argument[length] == '_' || (length > 0 && char.IsAsciiDigit(argument[length]))))
        {
            length++;
        }

        return length > 0 && (length == argument.Length || argument[length] is '=' or '[' or '+') ? argument[..length] : null;
    }
}

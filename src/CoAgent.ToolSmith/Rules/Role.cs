namespace CoAgent.ToolSmith.Rules;

/// <summary>What a program does with one of its words.</summary>
internal enum Role
{
    /// <summary>Nothing with files: a number, a pattern, a name that is printed.</summary>
    Text,

    /// <summary>Reads the file; <c>-</c> is its input.</summary>
    Read,

    /// <summary>Looks whether something is there, and what.</summary>
    Look,

    /// <summary>The same, of a link itself and not of what it leads to.</summary>
    LookLink,

    /// <summary>Reads a directory's names, or looks at a file.</summary>
    List,

    /// <summary>Reads everything at and below it.</summary>
    ReadTree,

    /// <summary>Writes the file, which it opens whatever else happens; <c>-</c> is its output.</summary>
    Output,

    /// <summary>Writes the file unless it fails before.</summary>
    Write,

    /// <summary>Adds to the file, or changes it where it stands.</summary>
    Append,

    /// <summary>Puts another file in place of it, made from its content.</summary>
    Replace,

    /// <summary>Creates the file where it is not there.</summary>
    Touch,

    /// <summary>Removes what is no directory.</summary>
    Remove,

    /// <summary>Removes it with all that is below.</summary>
    RemoveTree,

    /// <summary>Removes the directory if nothing is in it.</summary>
    RemoveEmpty,

    /// <summary>Removes the directory and those above it that the argument names, each if nothing is in it.</summary>
    RemoveEmptyWay,

    /// <summary>Makes the directory.</summary>
    MakeDirectory,

    /// <summary>Makes the directory and those above it that are missing.</summary>
    MakeWay,

    /// <summary>Changes its mode.</summary>
    Mode,

    /// <summary>Changes modes at and below it.</summary>
    ModeTree,

    /// <summary>Writes anything at and below it.</summary>
    WriteTree,

    /// <summary>Goes there before it does the rest.</summary>
    Enter,

    /// <summary>What the option does is not known well enough: no rule covers the command then.</summary>
    Unseen,
}

/// <summary>The names of roles in files.</summary>
internal static class Roles
{
    /// <summary>Each role with the word for it.</summary>
    internal static readonly (string Word, Role Value)[] All =
    [
        ("text", Role.Text), ("read", Role.Read), ("look", Role.Look), ("look-link", Role.LookLink), ("list", Role.List),
        ("read-tree", Role.ReadTree), ("output", Role.Output), ("write", Role.Write), ("append", Role.Append),
        ("replace", Role.Replace), ("touch", Role.Touch), ("remove", Role.Remove), ("remove-tree", Role.RemoveTree),
        ("remove-empty", Role.RemoveEmpty), ("remove-empty-way", Role.RemoveEmptyWay), ("make-directory", Role.MakeDirectory),
        ("make-way", Role.MakeWay), ("mode", Role.Mode), ("mode-tree", Role.ModeTree), ("write-tree", Role.WriteTree),
        ("enter", Role.Enter), ("unseen", Role.Unseen),
    ];

    /// <summary>The role that a word names; null for none.</summary>
    internal static Role? Of(string word)
    {
        foreach (var (name, value) in All)
        {
            if (name == word)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Whether it leaves everything as it is.</summary>
    internal static bool IsRead(this Role role) =>
        role is Role.Text or Role.Read or Role.Look or Role.LookLink or Role.List or Role.ReadTree or Role.Enter;
}

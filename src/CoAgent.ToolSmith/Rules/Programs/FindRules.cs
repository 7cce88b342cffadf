using System.Collections.Frozen;
using CoAgent.ToolSmith.Rules.Touching;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary><c>find</c>: the trees that it walks, and files that its expression names. What it runs is in the inventory on its own.</summary>
internal static class FindRules
{
    private static readonly FrozenSet<string> s_alone = FrozenSet.Create(
        StringComparer.Ordinal,
        "(", ")", "!", ",", "-not", "-a", "-and", "-o", "-or", "-empty", "-true", "-false", "-readable", "-writable", "-executable", "-nouser", "-nogroup",
        "-prune", "-quit", "-depth", "-d", "-mount", "-xdev", "-noleaf", "-ignore_readdir_race", "-noignore_readdir_race", "-daystart", "-print", "-print0",
        "-ls", "-warn", "-nowarn", "-help", "--help", "-version", "--version");

    private static readonly FrozenSet<string> s_valued = FrozenSet.Create(
        StringComparer.Ordinal,
        "-name", "-iname", "-path", "-ipath", "-wholename", "-iwholename", "-regex", "-iregex", "-regextype", "-type", "-xtype", "-size", "-mtime",
        "-atime", "-ctime", "-mmin", "-amin", "-cmin", "-perm", "-user", "-group", "-uid", "-gid", "-links", "-inum", "-fstype", "-maxdepth", "-mindepth",
        "-used", "-printf", "-lname", "-ilname");

    /// <summary>Says what it touches.</summary>
    internal static void Touch(RuledCommand command)
    {
        var words = command.Operands;
        var at = 0;
        var starts = new List<FieldValue>();
        for (; at < words.Length && words[at] is FieldValue.Text { Value: "-H" or "-P" or "-O1" or "-O2" or "-O3" }; at++)
        {
        }

        for (; at < words.Length && words[at] is not FieldValue.Text { Value: ['-', ..] or "(" or "!" or "," }; at++)
        {
            if (words[at] is FieldValue.Unknown { Prefix: "" })
            {
                command.Unseen("an argument is not known, and may be an action");
                return;
            }

            starts.Add(words[at]);
        }

        var isFlat = false;
        for (; at < words.Length; at++)
        {
            if (words[at] is not FieldValue.Text { Value: var word } || !Read(command, word, ref at, ref isFlat))
            {
                command.Unseen(words[Math.Min(at, words.Length - 1)] is FieldValue.Text { Value: var unknown } ? $"{unknown} is not in its rule" : "an argument is not known");
                return;
            }
        }

        foreach (var start in starts.Count == 0 ? [new FieldValue.Text(".")] : starts)
        {
            if (isFlat)
            {
                CoreRules.ListLong(command, start);
            }
            else
            {
                command.Tree.Touch(Role.ReadTree, start);
            }
        }
    }

    /// <summary>One word of the expression, with those that belong to it; whether it is known.</summary>
    private static bool Read(RuledCommand command, string word, ref int at, ref bool isFlat)
    {
        var words = command.Operands;
        if (s_alone.Contains(word))
        {
            return true;
        }

        if (word is "-exec" or "-execdir")
        {
            // Commands that are run are looked at by themselves.
            for (at++; at < words.Length && words[at] is not FieldValue.Text { Value: ";" }
                && !(words[at] is FieldValue.Text { Value: "+" } && words[at - 1] is FieldValue.Text { Value: "{}" }); at++)
            {
            }

            return at < words.Length;
        }

        if (at + 1 >= words.Length || words[at + 1] is FieldValue.Unknown { IsSingle: false })
        {
            return false;
        }

        var value = words[at + 1];
        if (s_valued.Contains(word))
        {
            isFlat |= word == "-maxdepth" && value is FieldValue.Text { Value: "0" or "1" };
        }
        else if (word is "-fprint" or "-fprint0" or "-fls")
        {
            command.Tree.Touch(Role.Output, value);
        }
        else if (word is "-samefile" or "-anewer" or "-cnewer" || (word.StartsWith("-newer", StringComparison.Ordinal) && !word.EndsWith('t')))
        {
            command.Tree.Touch(Role.Look, value);
        }
        else if (!word.StartsWith("-newer", StringComparison.Ordinal))
        {
            return false;
        }

        at++;
        return true;
    }
}

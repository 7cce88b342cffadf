using System.Globalization;
using CoAgent.Protocol.Order;

namespace CoAgent.Cli;

/// <summary>Calls as people name them.</summary>
internal static class CallNames
{
    /// <summary>The call of that name.</summary>
    /// <exception cref="CommandException">No call has such a name.</exception>
    public static CallId Parse(string name) =>
        name is ['c', .. var digits] && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? new CallId(number)
            : throw new CommandException($"a call is named by c and a number, such as c17, not '{name}'.");
}

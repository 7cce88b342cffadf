using System.Runtime.InteropServices;
using CoAgent.Protocol.Notices;

namespace CoAgent.Protocol.Reordering;

/// <summary>What an effect on the world belongs to, for who looks at a workspace from outside.</summary>
/// <param name="Number">Tells one operation from another.</param>
/// <param name="Cause">The call that is put in, taken out or released; no call where an agent's reads moved along with it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PlanView(long Number, NoticeCause Cause);

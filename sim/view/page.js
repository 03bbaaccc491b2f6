// Where one is, the filters, the drawings, the panel, the keys.
let at=0,playing=0;

// ---- filters ----------------------------------------------------------------------------------
const filters=["fv","fm","fe","fc"];
const among=list=>[...new Set(list)].sort((a,b)=>a-b);
function options(el,all,list){
	el.innerHTML=`<option value="">${all}</option>`+list.map(([v,t])=>`<option value="${v}">${t}</option>`).join("");
}
options($("fv"),"every vCPU",ids.map(v=>[v,"vCPU "+v]));
options($("fm"),"every machine",charts.map((c,i)=>[i,c.name]).concat(pageSteps.length?[[PAGE,"page changes"]]:[]));
options($("fe"),"every event",among(event).filter(Boolean).map(e=>[e,ev(e)]));
options($("fc"),"every call",among(call).filter(Boolean).map(e=>[e,"call "+ev(e).slice(3)]));
const chosen=()=>filters.map(f=>$(f).value===""?-1:+$(f).value);
let want=chosen();
// A page change is passed over unless it is asked for: a call makes hundreds.
const passes=i=>(want[0]<0||vcpu[i]===want[0])&&(want[1]<0?!isPage(i):machine[i]===want[1])&&
	(want[2]<0||event[i]===want[2])&&(want[3]<0||call[i]===want[3]);
function filter(){
	want=chosen();
	if(N&&!passes(at))go(step(1)!==at?step(1):step(-1));
	show();
}
function noFilters(){filters.forEach(f=>$(f).value="");filter()}

// ---- to another step --------------------------------------------------------------------------
function step(by){
	const d=Math.sign(by);
	let last=at;
	for(let i=at,n=Math.abs(by);n;n--){
		do i+=d;while(i>=0&&i<N&&!passes(i));
		if(i<0||i>=N)break;
		last=i;
	}
	return last;
}
function end(d){
	for(let i=d<0?0:N-1;i>=0&&i<N;i-=d)if(passes(i))return i;
	return at;
}
// To the next page change, or the last before, whatever the filters.
function nextPage(d){
	const k=d>0?countTo(pageSteps,at):countTo(pageSteps,at-1)-1;
	return pageSteps[k]??at;
}
const words=i=>(stateName(i)+" "+(isPage(i)?"":ev(event[i])+" "+(arrow(i)?.[4]??""))+" "+arg(i)).toLowerCase().split(" ");
function find(){
	const q=$("find").value.trim().toLowerCase();
	$("said").textContent="";
	if(!q)return;
	for(let k=1;k<=N;k++){
		const i=(at+k)%N;
		if(passes(i)&&words(i).some(x=>q.startsWith("0x")?x===q:x.includes(q)))return go(i);
	}
	$("said").textContent="not found";
}
function play(){
	if(playing){clearInterval(playing);playing=0;return}
	playing=setInterval(()=>{const n=step(1);if(n===at)play();else go(n)},250);
}
function remember(){
	const hash="#step="+at+(pinnedPage!==null?"&page="+hex(pinnedPage):pinned?"&page="+hex(open*CELL):"");
	try{history.replaceState(null,"",hash)}catch{location.hash=hash}
}
function go(i,quiet){
	if(!N)return;
	at=Math.max(0,Math.min(N-1,i));
	if(at<from||at>=from+span)from=Math.max(0,Math.min(N-span,at-span/2));
	light();panel();showMap();show();
	if(!quiet)remember();
}
function goLink(){
	const s=/step=(\d+)/.exec(location.hash),p=/page=(0x[0-9a-f]+)/i.exec(location.hash);
	const a=p?Math.floor(+p[1]/FRAME)*FRAME:null,r=a===null?null:Math.floor(a/CELL);
	if(regionAt.has(r)){open=r;pinned=true;pinnedPage=a%CELL?a:null}
	go(s?+s[1]:end(-1),true);
}

// ---- the drawings -----------------------------------------------------------------------------
// No smaller than two thirds: a wide one is scrolled.
charts.forEach((_,i)=>{
	const d=document.createElement("div");
	d.innerHTML=svg[i];
	const s=d.querySelector("svg");
	s.style.minWidth=parseFloat(s.getAttribute("width"))*.65+"px";
	s.removeAttribute("width");s.removeAttribute("height");
	$("chart").append(d);
});
const low=(m,s)=>s?charts[m].states[s].toLowerCase():"new";
// Of a page change: where its CPU's machine is.
function shownStep(){
	let i=at;
	while(i>=0&&(isPage(i)||cpu[i]!==cpu[at]))i--;
	return i;
}
function light(){
	document.querySelectorAll("#chart .on,#chart .lit,#chart .taken,#chart .from").forEach(e=>e.classList.remove("on","lit","taken","from"));
	const i=shownStep(),m=i<0?0:machine[i],a=i<0?null:arrow(i),d=$("chart").children[m];
	if(!d)return;
	d.classList.add("on");
	if(i<0)return;
	const f=low(m,state[i]),t=a?low(m,a[1]):f;
	for(const g of d.querySelectorAll("g.node")){
		const n=g.querySelector("title").textContent;
		if(n===f&&i===at)g.classList.add("from");
		if(n===t){g.classList.add("lit");g.scrollIntoView({block:"nearest",inline:"center"})}
	}
	if(a&&i===at)for(const g of d.querySelectorAll("g.edge"))
		if(g.querySelector("title").textContent===f+"->"+t&&g.querySelector("text").textContent===ev(event[at]))g.classList.add("taken");
}

// ---- the panel --------------------------------------------------------------------------------
const row=(k,v,n)=>`<tr><td>${k}</td><td${n?' class="n"':""}>${v}</td></tr>`;
function stepRows(){
	const a=arrow(at),m=charts[machine[at]];
	if(isPage(at))return row("page",hex(Math.floor(address(at)/FRAME)*FRAME))+row("size",lo[at]&1?"2 MiB":"4 KiB")+row("change",stateName(at));
	return row("machine",m.name)+row("from",stateName(at))+row("event",ev(event[at]))+row("to",a?m.states[a[1]]:"no such arrow")+
		row("verb",a?`${a[4]} (${m.file}:${a[3]})`:"")+row("argument",arg(at));
}
function callRows(){
	const n=new Map;
	let passed=0;
	for(const i of callSteps){if(i>at)break;n.set(event[i],(n.get(event[i])??0)+1)}
	for(const[i,d]of entrySteps){if(i>at)break;passed+=d}
	return([...n].sort((x,y)=>x[0]-y[0]).map(([k,c])=>row(ev(k).slice(3),c.toLocaleString("en"),1)).join("")||row("none",""))+
		(passed?row("list entries passed",passed.toLocaleString("en"),1):"");
}
function saveAreas(){
	const p=new Map;
	for(const i of saveSteps){
		if(i>at)break;
		const v=arrow(i)?.[4]??"";
		if(lo[i]||hi[i])p.set(arg(i),v==="publish"?"vmsa":v==="remove"?"gone":p.get(arg(i))==="vmsa"?"vmsa":v==="undo"?"gone":"making");
	}
	return[...p].map(([k,v])=>`<span class="page ${v}">${k} ${{vmsa:"save area",gone:"none",making:"on its way"}[v]}</span>`).join("")||"none yet";
}
function panel(){
	$("step").innerHTML=row("step",`${at} of ${N}`)+row("vCPU",`${vcpu[at]}, on CPU ${cpu[at]}`)+stepRows()+
		row("time",T[at].toLocaleString("en")+" ticks")+(call[at]?row("in call",ev(call[at]).slice(3)):"")+(lost[at]?row("lost before",lost[at]):"");
	$("calls").innerHTML=callRows();
	$("pages").innerHTML=saveAreas();
	$("where").textContent=`step ${at} / ${N-1}`+(rest?` (${rest} bytes at the end are no whole step)`:"");
}

// ---- keys -------------------------------------------------------------------------------------
const keys={
	ArrowRight:e=>go(step(e.shiftKey?100:1)),ArrowLeft:e=>go(step(e.shiftKey?-100:-1)),
	".":()=>go(nextPage(1)),",":()=>go(nextPage(-1)),
	Home:()=>go(end(-1)),End:()=>go(end(1))," ":play,"/":()=>$("find").select(),n:find,
	Escape:()=>{pinned=false;pinnedPage=null;noFilters();showMap();remember()},
};
onkeydown=e=>{
	if(e.target.tagName==="SELECT"||e.ctrlKey||e.altKey||e.metaKey||!keys[e.key])return;
	e.preventDefault();
	if(N)keys[e.key](e);
};
for(const f of filters)$(f).onchange=()=>{$(f).blur();filter()};
$("find").onkeydown=e=>{
	if(e.key==="Enter")find();
	if(e.key==="Escape"||e.key==="Enter")$("find").blur();
	e.stopPropagation();
};
onhashchange=goLink;
onresize=show;
matchMedia("(prefers-color-scheme:dark)").onchange=()=>{show();showMap()};
beginMap();
if(N)goLink();else{$("where").textContent="a trace without steps";draw()}
